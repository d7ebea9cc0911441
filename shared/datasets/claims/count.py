"""Counts the claims of a remittance report without parsing it, in memory that does not grow with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shared.readers.encoding import encoding_of, in_utf8

if TYPE_CHECKING:
    from typing import BinaryIO

_LONGEST_TAG = 1 << 10
_CLAIM = re.compile(rb"<tr\s[^>]*?\bclaim-item-row\b", re.IGNORECASE)


def count_records(head: bytes, stream: BinaryIO) -> int:
    """Return how many rows of a page that begins with ``head`` are marked as claims, those in comments among them."""
    claims, kept = 0, b""
    for chunk in in_utf8(stream, encoding_of(head)):
        text = kept + chunk
        last = 0
        for tag in _CLAIM.finditer(text):
            claims, last = claims + 1, tag.end()
        # A tag may go on in the next chunk; one that was counted is not looked at again.
        kept = text[max(last, len(text) - _LONGEST_TAG) :]
    return claims
