"""Batch functions for what no expression can say; engines apply them to each distinct value once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import phonenumbers
import pyarrow as pa

if TYPE_CHECKING:
    from shared.frames.engine import BatchFunction

_TOKEN_BYTES = 16


def to_e164(region: str) -> BatchFunction:
    """Return a batch function that writes telephone numbers as E.164 (ITU-T), null for what is no valid number.

    ``region`` (ISO 3166) is where a number without a country code belongs.
    """

    def normalise(text: str) -> str | None:
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            return None
        if not phonenumbers.is_valid_number(number):
            return None
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def of_array(values: pa.Array) -> pa.Array:
        return pa.array([normalise(text) for text in values.to_pylist()], pa.string())

    return of_array


def to_token(key: bytes) -> BatchFunction:
    """Return a batch function that replaces personal text by a token: keyed BLAKE2b, equal for equal text.

    Without ``key`` (up to 64 bytes) a token can neither be turned back nor be made from a guess.
    """

    def of_array(values: pa.Array) -> pa.Array:
        digest = (
            hashlib.blake2b(text.encode(), key=key, digest_size=_TOKEN_BYTES).hexdigest() for text in values.to_pylist()
        )
        return pa.array(digest, pa.string())

    return of_array
