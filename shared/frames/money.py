"""Amounts of money as people write them, to the plain digits that a decimal is made of."""

from __future__ import annotations

import narwhals as nw

_DIGITS = r"(?:(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)"
_AMOUNT = rf"^(?:[+-]?\$? ?{_DIGITS}|\$ ?-{_DIGITS}|\(\$? ?{_DIGITS}\)|\$ ?\({_DIGITS}\))$"
_NEGATIVE = "[-(]"
#: Numbers have at most 15 whole digits.
_TOO_LARGE = 1e15


def plain_money(text: nw.Expr) -> nw.Expr:
    """Return an amount as plain digits: ``$1,234.50`` is "1234.50", ``$-1,234.50`` and ``($1,234.50)`` "-1234.50".

    What is no such amount stays as it is, so that it is refused: taking out what is no digit would make another number.
    """
    unsigned = text.str.replace_all("[^0-9.]", "")
    signed = nw.when(text.str.contains(_NEGATIVE)).then(nw.concat_str(nw.lit("-"), unsigned)).otherwise(unsigned)
    return nw.when(text.str.contains(_AMOUNT)).then(signed).otherwise(text)


def cents(text: nw.Expr) -> nw.Expr:
    """Return an amount in whole cents as Int64, null where the text is none, or more than any amount may be."""
    is_amount = text.str.contains(_AMOUNT)
    size = nw.when(is_amount).then(text.str.replace_all("[^0-9.]", "")).cast(nw.Float64())
    whole = (nw.when(size < _TOO_LARGE).then(size) * 100).round(0).cast(nw.Int64())
    return nw.when(text.str.contains(_NEGATIVE)).then(whole * -1).otherwise(whole)
