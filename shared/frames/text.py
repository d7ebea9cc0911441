"""Cleaning of text, and the questions asked of it, as expressions that mean the same on every engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from shared.frames.money import plain_money

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Named one by one: engines disagree on what white space is beyond ASCII.
WHITE_SPACE = " \t\r\n\f\v\u00a0"
#: Longer text than this in one cell is a mistake of the sender, not a value.
MAX_CHARACTERS = 65_536
_NUL = r"\x00"


def clean(text: nw.Expr, steps: Sequence[str]) -> nw.Expr:
    """Apply cleaning steps in order.

    ``trim`` takes white space off both ends, ``squeeze`` makes each run of it one space, ``lower`` makes small letters,
    ``letters`` keeps letters of any script alone, ``integer_text`` keeps sign, digits and decimal point of a number,
    without a fraction of noughts, ``money`` makes plain digits of an amount.
    """
    for step in steps:
        if step == "trim":
            text = text.str.strip_chars(WHITE_SPACE)
        elif step == "squeeze":
            text = text.str.replace_all(r"[ \t\r\n\f\x0b\x{00a0}]+", " ")
        elif step == "lower":
            text = text.str.to_lowercase()
        elif step == "letters":
            text = text.str.replace_all(r"[^\p{L}\p{M}]", "")
        elif step == "money":
            text = plain_money(text)
        else:
            text = _integer_text(text)
    return text


def _integer_text(text: nw.Expr) -> nw.Expr:
    """Keep what a whole number is written with: "34.0" is 34, never 340.

    What would become another number stays as it is, so that it is refused: "1e3" is not 13, and "8,5" not 85. So does
    text without a digit, which is not the same as no text.
    """
    kept = text.str.replace_all(r"[^0-9.+-]", "").str.replace_all(r"\.0*$", "")
    return nw.when(text.str.contains("^[^0-9]*$|[0-9.][eE][+-]?[0-9]|[0-9],[0-9]")).then(text).otherwise(kept)


def is_blank(text: nw.Expr) -> nw.Expr:
    """Tell whether there is no value: null or the empty string."""
    return text.is_null() | (text == "")


def has_value(text: nw.Expr) -> nw.Expr:
    """Tell whether there is a value; the opposite of :func:`is_blank`."""
    return ~text.is_null() & (text != "")


def contains_word(text: nw.Expr, word: str) -> nw.Expr:
    """Tell whether the letters of ``word`` stand anywhere in the text, in any case; also inside longer words."""
    return text.str.contains(f"(?i){word}")


def is_unstorable(text: nw.Expr) -> nw.Expr:
    """Tell whether text cannot be kept in a database cell: it holds a NUL character or is far too long."""
    return has_nul(text) | is_too_long(text)


def is_too_long(text: nw.Expr) -> nw.Expr:
    """Tell whether text is longer than any value may be."""
    return text.str.len_chars() > MAX_CHARACTERS


def has_nul(text: nw.Expr) -> nw.Expr:
    """Tell whether text holds a NUL character."""
    return text.str.contains(_NUL)


def email(text: nw.Expr) -> nw.Expr:
    """Return an e-mail address in small letters, null where the text is none: one ``@``, a domain with a dot."""
    lower = text.str.to_lowercase()
    return nw.when(lower.str.contains(r"^[^@\s<>,;:]+@[^@\s<>,;:]+\.[a-z][a-z0-9-]*$")).then(lower)
