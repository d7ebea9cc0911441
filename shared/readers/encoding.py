"""Decides how text is encoded: by its mark, else UTF-8, else what Windows writes in western Europe."""

from __future__ import annotations

import codecs
import io
from typing import TYPE_CHECKING

from shared.readers.sniff import SNIFFED_BYTES, marked_encoding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

WINDOWS = "cp1252"
CHUNK_BYTES = 1 << 20
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
    """Return the encoding of a whole file's text; see :func:`encoding_in`."""
    return encoding_in(io.BytesIO(data))


def encoding_in(stream: BinaryIO) -> str:
    """Return the encoding of the text in a stream at its beginning, which is read to its end.

    UTF-8 with a few damaged bytes is still UTF-8: it is Windows text if more bytes break the rules of UTF-8 than keep
    them.
    """
    chunk = stream.read(SNIFFED_BYTES)
    if marked := marked_encoding(chunk):
        return marked
    decoder = codecs.getincrementaldecoder("utf-8")("ignore")
    beyond_ascii, kept = 0, 0
    while chunk:
        # Bytes of a character that the chunk cuts in two are counted with the next.
        beyond_ascii += len(chunk.translate(None, _ASCII))
        kept += len(decoder.decode(chunk).encode().translate(None, _ASCII))
        chunk = stream.read(SNIFFED_BYTES)
    return "utf-8" if kept >= beyond_ascii - kept else WINDOWS


def in_utf8(stream: BinaryIO, encoding: str) -> Iterator[bytes]:
    """Yield a text in chunks in which what ASCII has is written as in ASCII: in UTF-8, or as it is where that holds."""
    ascii_alike = not encoding.startswith(("utf-16", "utf-32"))
    decoder = codecs.getincrementaldecoder(encoding)(UNREADABLE_AS_NUL)
    first = True
    while chunk := stream.read(CHUNK_BYTES):
        part = chunk if ascii_alike else decoder.decode(chunk).encode()
        yield part.removeprefix(codecs.BOM_UTF8) if first else part
        first = False
