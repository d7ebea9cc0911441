"""Counts the records of a JSON file in one pass over its chunks, in memory that does not grow with the file.

Strings are cut out first (nothing inside them is structure), then matching brackets, innermost first; what stays are
the commas between records. All of it happens in C, so a file is counted about as fast as it is read.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, BinaryIO

from shared.errors import UnreadableFileError
from shared.readers.json_layout import JsonLayout, sniff_json

if TYPE_CHECKING:
    from collections.abc import Iterator

# Pieces of a megabyte are mapped anew by the system every time, which takes as long as the counting itself.
CHUNK_BYTES = 1 << 17
MAX_DEPTH = 64

_VISIBLE = re.compile(rb"\S")
_SPACE, _LINE_FEED = b" \n"
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_NOT_STRUCTURE = bytes(byte for byte in range(256) if byte not in b"[]{},")
_BLANK_OR_END = b" \t\r\n]"
_PAIR = re.compile(rb"\{,*\}|\[,*\]")


def count_json(head: bytes, stream: BinaryIO, filename: str) -> int:
    """Return the number of records in a JSON array or NDJSON file.

    ``head`` is its beginning, with more than white space in it, and ``stream`` all of it. Raises
    :class:`UnreadableFileError` when the file is not JSON, not UTF-8, one object instead of an array, or ends before
    its array does. Only a file's outline is looked at here: a mistake inside a record is found, and said with its
    record number, when the record is read.
    """
    chunks = _checked_chunks(stream, filename)
    if sniff_json(head, filename) is JsonLayout.LINES:
        return _count_lines(chunks)
    return _count_elements(chunks, head.index(b"[") + 1, filename)


def _checked_chunks(stream: BinaryIO, filename: str) -> Iterator[bytes]:
    """Yield the file in chunks, having made sure that it is UTF-8 without NUL bytes."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    position, is_cut = 0, False
    while chunk := stream.read(CHUNK_BYTES):
        try:
            # Most text is ASCII, which is seen without making text of it.
            if is_cut or not chunk.isascii():
                decoder.decode(chunk)
                is_cut = bool(decoder.getstate()[0])
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
    """Count the lines that are not blank, each at its first visible character.

    From there on only its end is looked for, at the speed of the memory.
    """
    count, in_line = 0, False
    for chunk in chunks:
        position = 0
        if in_line:
            position = chunk.find(b"\n") + 1 or len(chunk)
            in_line = chunk[position - 1] != _LINE_FEED
        while position < len(chunk):
            if chunk[position] <= _SPACE:
                visible = _VISIBLE.search(chunk, position)
                if visible is None:
                    break
                position = visible.start()
            count += 1
            position = chunk.find(b"\n", position) + 1
            if not position:
                in_line = True
                break
    return count


def _count_elements(chunks: Iterator[bytes], start: int, filename: str) -> int:
    """Count the elements of the outermost array: its commas outside of any inner bracket, and one more unless empty.

    The array's own bracket ends at ``start``. ``open_inside`` holds the inner brackets that are open at a chunk's end,
    ``carried`` half an escape.
    """
    commas, in_string, has_elements, ended = 0, False, False, False
    carried, open_inside, position = b"", b"", 0
    for chunk in chunks:
        fresh = chunk[max(start - position, 0) :]
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
