"""Decides how text is encoded: by its mark, else UTF-8, else what Windows writes in western Europe."""

from __future__ import annotations

import codecs

from shared.readers.sniff import SNIFFED_BYTES, marked_encoding

WINDOWS = "cp1252"
#: Error handler for decoding: a byte that is no character becomes NUL. No database can store that, so the checks find
#: it in its cell, and only that cell's row is rejected.
UNREADABLE_AS_NUL = "strata-nul"

_ASCII = bytes(range(128))


def _as_nul(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "\x00", error.end


codecs.register_error(UNREADABLE_AS_NUL, _as_nul)


def encoding_of(data: bytes) -> str:
    """Return the encoding of a whole file's text.

    UTF-8 with a few damaged bytes is still UTF-8: it is Windows text if more bytes break the rules of UTF-8 than keep
    them.
    """
    if marked := marked_encoding(data[:SNIFFED_BYTES]):
        return marked
    if data.isascii():
        return "utf-8"
    beyond_ascii = len(data.translate(None, _ASCII))
    kept = len(data.decode("utf-8", "ignore").encode().translate(None, _ASCII))
    return "utf-8" if kept >= beyond_ascii - kept else WINDOWS
