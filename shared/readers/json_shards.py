"""Cuts large JSON files into shards of one record a line, each with its number, and reads such lines as rows.

Spark reads text line by line: an array would be one piece of work, whatever its size. A line says which file its
record belongs to and which record of it that is, so shards can be cut and read in any order.
"""

from __future__ import annotations

import re
from collections import deque
from contextlib import suppress
from itertools import groupby, islice
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from shared.readers.json_layout import BYTE_ORDER_MARK, JsonLayout, sniff_json
from shared.readers.json_records import RECORDS_AT_ONCE, decoded, rows_of_records
from shared.readers.json_shape import RecordShape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pyarrow as pa

    from shared.contracts.model import Contract
    from shared.contracts.table import Table
    from shared.domain.shards import Part

#: How much of a file is looked at at once.
PIECE_BYTES = 8 << 20
#: No sound record is longer; where no end of one is found within it, the array is left to a reader of whole files.
MOST_PIECE_BYTES = 64 << 20

_BETWEEN_OBJECTS = re.compile(rb"\}[ \t\r\n]*,[ \t\r\n]*\{")
_CANDIDATES = 16


class NotShardableError(Exception):
    """An array that can only be read whole: the fast parser refuses it, or it is no array of objects."""


class _Line(msgspec.Struct):
    """A record of a shard: ``json`` is its text, ``text`` what stands there instead of JSON."""

    part: int
    record: int
    json: msgspec.Raw = msgspec.Raw()
    text: str = ""


_decode_line = msgspec.json.Decoder(_Line).decode


def sharded_lines(head: bytes, stream: BinaryIO, filename: str, part: int) -> Iterator[bytes]:
    """Yield the records of a JSON file as lines of shards, each with its line end.

    ``head`` is the file's beginning, ``stream`` all of it, counted before and so known to be UTF-8; ``part`` is the
    number by which the readers know the file. Raises :class:`NotShardableError` for an array that is to be read whole.
    """
    for number, record in enumerate(_told_records(head, stream, filename), 1):
        yield b'{"part":%d,"record":%d,%b}\n' % (part, number, record.replace(b"\n", b" "))


def read_sharded(
    lines: Iterable[str | bytes], contract: Contract, parts: Mapping[int, Part]
) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Yield the rows that lines of shards give, as the readers of whole files do, with the table they belong to."""
    shapes: dict[str | None, tuple[Sequence[Table], RecordShape]] = {}
    remaining = iter(lines)
    while batch := [_decode_line(line) for line in islice(remaining, RECORDS_AT_ONCE)]:
        for number, run in _runs(batch):
            part = parts[number]
            if part.table not in shapes:
                fed = [table for table in contract.tables if part.table in {None, table.name}]
                shapes[part.table] = fed, RecordShape(fed, flat=part.table is not None)
            tables, shape = shapes[part.table]
            records = [decoded(bytes(line.json) or line.text.encode(), shape) for line in run]
            yield from rows_of_records(records, shape, tables, run[0].record, part.filename, number).items()


def _runs(lines: Sequence[_Line]) -> Iterator[tuple[int, list[_Line]]]:
    """Yield the lines of each part that follow each other in it."""
    for (part, _), run in groupby(enumerate(lines), key=lambda one: (one[1].part, one[1].record - one[0])):
        yield part, [line for _, line in run]


def _told_records(head: bytes, stream: BinaryIO, filename: str) -> Iterator[bytes]:
    """Yield the text of each record under a name that says whether it is JSON."""
    if sniff_json(head, filename) is JsonLayout.LINES:
        yield from map(_told_line, _lines(stream))
    else:
        yield from (b'"json":' + element for element in _elements(stream, head.index(b"[") + 1))


def _told_line(line: bytes) -> bytes:
    """Return a line's text as what it is, JSON or not."""
    try:
        msgspec.json.decode(line, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return b'"text":' + msgspec.json.encode(line.decode())
    return b'"json":' + line


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of a file that are not blank."""
    rest, is_first = b"", True
    while piece := stream.read(PIECE_BYTES):
        *lines, rest = (rest + piece).split(b"\n")
        if is_first and lines:
            lines[0], is_first = lines[0].removeprefix(BYTE_ORDER_MARK), False
        yield from filter(bytes.strip, lines)
    last = rest.removeprefix(BYTE_ORDER_MARK) if is_first else rest
    if last.strip():
        yield last


def _elements(stream: BinaryIO, start: int) -> Iterator[bytes]:
    """Yield the elements of an array whose bracket ends at ``start``.

    They are taken from pieces that end between two objects. Whether such a place lies between two elements, and not
    within one, shows when the piece is parsed: all its brackets and quotation marks close only there.
    """
    stream.read(start)
    rest = b""
    while piece := stream.read(PIECE_BYTES):
        rest += piece
        elements, rest = _whole_elements(rest)
        yield from elements
        if len(rest) > MOST_PIECE_BYTES:
            raise NotShardableError
    yield from _parsed(b"[" + rest)


def _whole_elements(text: bytes) -> tuple[list[bytes], bytes]:
    """Return the elements that text begins with, and what is behind the last place where it can be cut."""
    for gap in reversed(deque(_BETWEEN_OBJECTS.finditer(text), maxlen=_CANDIDATES)):
        with suppress(NotShardableError):
            return _parsed(b"[%b]" % text[: gap.start() + 1]), text[gap.end() - 1 :]
    return [], text


def _parsed(array: bytes) -> list[bytes]:
    try:
        return list(map(bytes, msgspec.json.decode(array, type=list[msgspec.Raw])))
    except (msgspec.DecodeError, RecursionError) as error:
        raise NotShardableError from error
