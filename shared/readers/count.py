"""Counts the records of a JSON file in one streaming pass, in memory that does not grow with the file.

Strings are cut out first (nothing inside them is structure), then matching brackets, innermost first; what stays are
the commas between records. All of it happens in C, so a file is counted about as fast as it is read.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, BinaryIO

from shared.errors import UnreadableFileError
from shared.readers.json_layout import BYTE_ORDER_MARK, JsonLayout, sniff_json

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK_BYTES = 1 << 20
MAX_DEPTH = 64

_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_NOT_STRUCTURE = bytes(byte for byte in range(256) if byte not in b"[]{},")
_BLANK_OR_END = b" \t\r\n]"
_PAIR = re.compile(rb"\{,*\}|\[,*\]")


def count_records(stream: BinaryIO, filename: str) -> int:
    """Return the number of records in a JSON array or NDJSON file; ``stream`` stands at its beginning.

    Raises :class:`UnreadableFileError` when the file is empty, not JSON, not UTF-8, one object instead of an array, or
    ends before its array does. Only a file's outline is looked at here: a mistake inside a record is found, and said
    with its record number, when the record is read.
    """
    head = stream.read(CHUNK_BYTES)
    while head.isspace() and (more := stream.read(CHUNK_BYTES)):
        head = more
    layout = sniff_json(head, filename)
    chunks = _checked_chunks(head, stream, filename)
    return _count_lines(chunks) if layout is JsonLayout.LINES else _count_elements(chunks, filename)


def _checked_chunks(head: bytes, stream: BinaryIO, filename: str) -> Iterator[bytes]:
    """Yield the file in chunks, having made sure that it is UTF-8 without NUL bytes."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    position, chunk = 0, head
    while chunk:
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            raise _encoding_error(filename, position + error.start) from error
        if b"\x00" in chunk:
            raise UnreadableFileError(
                f"{filename} holds a NUL byte at byte {position + chunk.index(0) + 1:,}; JSON text has none.",
                code="nul_bytes",
                file=filename,
                byte=position + chunk.index(0) + 1,
            )
        yield chunk
        position += len(chunk)
        chunk = stream.read(CHUNK_BYTES)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _encoding_error(filename, position) from error


def _encoding_error(filename: str, byte: int) -> UnreadableFileError:
    return UnreadableFileError(
        f"{filename} is not UTF-8: the byte at position {byte + 1:,} does not fit.",
        code="wrong_encoding",
        advice="Save the file as UTF-8 and upload it again.",
        file=filename,
        byte=byte + 1,
    )


def _count_lines(chunks: Iterator[bytes]) -> int:
    count, line_has_text = 0, False
    for chunk in chunks:
        first, *others = chunk.split(b"\n")
        line_has_text = line_has_text or bool(first.strip())
        for line in others:
            count += line_has_text
            line_has_text = bool(line) and not line.isspace()
    return count + line_has_text


def _count_elements(chunks: Iterator[bytes], filename: str) -> int:
    """Count the elements of the outermost array: its commas outside of any inner bracket, and one more unless empty.

    ``open_inside`` holds the inner brackets that are open at a chunk's end, ``carried`` half an escape.
    """
    commas, in_string, has_elements, ended = 0, False, False, False
    carried, open_inside, position = b"", b"", 0
    for chunk in chunks:
        fresh = chunk if position else chunk.removeprefix(BYTE_ORDER_MARK).lstrip()[1:]
        position += len(chunk)
        text = _ESCAPE.sub(b"", carried + fresh)
        carried = b"\\" if text.endswith(b"\\") else b""
        pieces = text.removesuffix(b"\\").split(b'"')
        outside = b"".join(pieces[1 if in_string else 0 :: 2])
        has_text = len(pieces) > 1 or bool(outside.translate(None, _BLANK_OR_END))
        if ended and (has_text or b"]" in outside):
            raise _goes_on(filename, commas + 1)
        in_string ^= len(pieces) % 2 == 0
        has_elements = has_elements or has_text
        left = _without_pairs(open_inside + outside.translate(None, _NOT_STRUCTURE), filename, commas)
        open_inside = left.lstrip(b",")
        commas += len(left) - len(open_inside)
        open_inside = open_inside.replace(b",", b"")
        if open_inside.startswith(b"]"):
            ended, open_inside = True, open_inside[1:]
            if outside.rpartition(b"]")[2].strip():
                raise _goes_on(filename, commas + 1)
        if b"]" in open_inside or b"}" in open_inside:
            raise _malformed(filename, commas + 1)
    if not ended:
        raise UnreadableFileError(
            f"{filename} ends inside record {commas + 1:,}: the file was cut off after {position:,} bytes.",
            code="truncated_json",
            advice="Export or upload the file again, whole.",
            file=filename,
            row=commas + 1,
            byte=position,
        )
    return commas + 1 if has_elements else 0


def _without_pairs(structure: bytes, filename: str, commas: int) -> bytes:
    """Take out matching brackets with the commas between them, innermost first."""
    for _ in range(MAX_DEPTH):
        shorter = _PAIR.sub(b"", structure)
        if len(shorter) == len(structure):
            return structure
        structure = shorter
    raise UnreadableFileError(
        f"{filename} nests more than {MAX_DEPTH} levels deep near record {commas + 1:,}.",
        code="nested_too_deeply",
        file=filename,
        row=commas + 1,
    )


def _goes_on(filename: str, row: int) -> UnreadableFileError:
    return UnreadableFileError(
        f"{filename} goes on after its array has ended, behind record {row:,}.",
        code="malformed_json",
        file=filename,
        row=row,
    )


def _malformed(filename: str, row: int) -> UnreadableFileError:
    return UnreadableFileError(
        f"{filename} is not valid JSON near record {row:,}: its brackets do not match.",
        code="malformed_json",
        file=filename,
        row=row,
    )
