"""Text to numbers: the shape is looked at first and the cast comes second, since no engine forgives a bad cast."""

from __future__ import annotations

import narwhals as nw

#: Whole digits a number may have; 18 fill a 64-bit integer and, with two places, stay within ``Decimal(18, 2)``.
_INTEGER = r"^[+-]?[0-9]{1,18}(?:\.0*)?$"
_DECIMAL = r"^[+-]?(?:[0-9]{1,15}(?:\.[0-9]*)?|\.[0-9]+)$"
PRECISION = 18


def is_integer(text: nw.Expr) -> nw.Expr:
    """Tell whether text is a whole number of at most 18 digits; ``34.0`` is."""
    return text.str.contains(_INTEGER)


def integer(text: nw.Expr) -> nw.Expr:
    """Return text of the shape :func:`is_integer` as Int64, null where it is not."""
    whole = text.str.replace_all(r"\.0*$|^\+", "")
    return nw.when(is_integer(text)).then(whole).cast(nw.Int64())


def is_decimal(text: nw.Expr) -> nw.Expr:
    """Tell whether text is a decimal number of at most 15 whole digits, without exponent."""
    return text.str.contains(_DECIMAL)


def as_float(text: nw.Expr) -> nw.Expr:
    """Return text of the shape :func:`is_decimal` as Float64, to hold it against bounds before it is rounded."""
    return nw.when(is_decimal(text)).then(text.str.replace_all(r"^\+", "")).cast(nw.Float64())


def decimal(text: nw.Expr, scale: int) -> nw.Expr:
    """Return text of the shape :func:`is_decimal` as Decimal(18, scale), null where it is not.

    Rounded half away from zero, on the digits as written: engines round decimals differently, and a float has lost the
    digits that decide.
    """
    fits = is_decimal(text)
    digits = nw.when(fits).then(text.str.replace_all(r"^[+-]", ""))
    fraction = nw.concat_str([digits.str.replace_all(r"^[0-9]*\.?", ""), nw.lit("0" * (scale + 1))])
    whole = nw.concat_str([nw.lit("0"), digits.str.replace_all(r"\..*$", "")])
    kept = nw.concat_str([whole, nw.lit("."), fraction.str.slice(0, scale)]) if scale else whole
    kind = nw.Decimal(PRECISION, scale)
    unit = nw.lit(f"0.{'0' * (scale - 1)}1" if scale else "1").cast(kind)
    none = nw.lit("0").cast(kind)
    rounds_up = fraction.str.slice(scale, 1) >= "5"
    size = (kept.cast(kind) + nw.when(rounds_up).then(unit).otherwise(none)).cast(kind)
    return nw.when(text.str.starts_with("-")).then((none - size).cast(kind)).otherwise(size)


def to_cents(money: nw.Expr) -> nw.Expr:
    """Return Decimal(18, 2) as whole cents in Int64, which every engine sums exactly; pandas cannot sum decimals."""
    return (money * 100).cast(nw.Int64())


def from_cents(cents: nw.Expr) -> nw.Expr:
    """Return whole cents in Int64 as Decimal(18, 2)."""
    hundredth = nw.lit("0.01").cast(nw.Decimal(3, 2))
    return (cents.cast(nw.Decimal(19, 0)) * hundredth).cast(nw.Decimal(PRECISION, 2))
