"""Numbers of JSON as text that every cast reads alike."""

from __future__ import annotations

from decimal import Decimal

_LONGEST_EXPONENT = 400


def plain_decimal(text: str) -> str:
    """Keep a number as written, but without an exponent, which casts read differently."""
    if "e" not in text and "E" not in text:
        return text
    value = Decimal(text)
    return format(value, "f") if abs(value.adjusted()) < _LONGEST_EXPONENT else text
