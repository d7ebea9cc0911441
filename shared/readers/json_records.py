"""Reads JSON records into frames of text columns, one frame a table, keeping every value as it was written.

What cannot be a cell is not lost: a record that is no object, an object that is no object, and a nested value are
marked in the column ``_faults`` and end in quarantine.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa

from shared.readers.json_faults import rescued, sound_records
from shared.readers.json_layout import BYTE_ORDER_MARK, JsonLayout, sniff_json
from shared.readers.json_shape import RecordShape
from shared.readers.rows import UNREADABLE_FAULT, nested_fault, sequence_start
from shared.readers.schema import schema_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shared.contracts.table import Table

#: Few enough for a processor's cache to hold them on their way from text to columns.
RECORDS_AT_ONCE = 400
_SNIFFED_BYTES = 1 << 20


def read_json_records(
    data: bytes, tables: Sequence[Table], filename: str, file_no: int, *, flat: bool = False
) -> dict[str, pa.Table]:
    """Return per table the rows that its object of each record gives; ``flat`` records are the only table's rows.

    Columns: the contract's, as text, then ``_faults``, ``_file``, ``_row_no`` (the record's number, from 1) and
    ``_seq`` (the row's place in the job). A record without the object adds no row to that table. Raises
    :class:`UnreadableFileError` when the file as a whole is no JSON array or NDJSON.
    """
    shape = RecordShape(tables, flat=flat)
    chunks: dict[str, list[pa.RecordBatch]] = {table.name: [] for table in tables}
    records = _decoded(data, shape, filename)
    first = 1
    while batch := list(islice(records, RECORDS_AT_ONCE)):
        for name, rows in rows_of_records(batch, shape, tables, first, filename, file_no).items():
            chunks[name].append(rows)
        first += len(batch)
    return {
        # In one piece, since every later step takes its time for each piece.
        table.name: pa.Table.from_batches(chunks[table.name], schema_of(table)).combine_chunks()
        for table in tables
    }


def raw_records(data: bytes, filename: str) -> Iterable[bytes | msgspec.Raw] | None:
    """Return the JSON text of each record, None where they stand in an array that the fast parser refuses.

    Raises :class:`UnreadableFileError` when the file is neither an array nor NDJSON.
    """
    if sniff_json(data[:_SNIFFED_BYTES], filename) is JsonLayout.LINES:
        return (line for line in data.removeprefix(BYTE_ORDER_MARK).split(b"\n") if line.strip())
    try:
        return msgspec.json.decode(memoryview(data)[_start(data) :], type=list[msgspec.Raw])
    except (msgspec.DecodeError, RecursionError):
        return None


def rows_of_records(
    records: Sequence[Any], shape: RecordShape, tables: Sequence[Table], first: int, filename: str, file_no: int
) -> dict[str, pa.RecordBatch]:
    """Return per table the rows of records as ``shape`` makes them, the first of which has the number ``first``."""
    return {table.name: _rows_of(records, shape, table, first, filename, file_no) for table in tables}


def decoded(raw: bytes | msgspec.Raw, shape: RecordShape) -> Any:
    """Return the record that JSON text says, as far as it is sound; what is no JSON is a record that is lost."""
    try:
        return shape.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return _saved(bytes(raw), shape)


def _decoded(data: bytes, shape: RecordShape, filename: str) -> Iterator[Any]:
    records = raw_records(data, filename)
    if records is None:
        yield from map(shape.record, sound_records(data, filename))
        return
    for raw in records:
        yield decoded(raw, shape)


def _saved(raw: bytes, shape: RecordShape) -> Any:
    """Return a record that is not as its dataset's should be."""
    try:
        return shape.record(rescued(raw))
    except (ValueError, RecursionError):
        return shape.lost(UNREADABLE_FAULT)


def _start(data: bytes) -> int:
    return len(BYTE_ORDER_MARK) if data.startswith(BYTE_ORDER_MARK) else 0


def _rows_of(
    batch: Sequence[Any], shape: RecordShape, table: Table, first: int, filename: str, file_no: int
) -> pa.RecordBatch:
    """Make a table's rows of a batch of records, the first of which has the number ``first``."""
    row_shape = shape.shape_of(table)
    blank = row_shape.type()
    numbers: list[int] = []
    rows: list[msgspec.Struct] = []
    faults: dict[int, str] = {}
    for number, row in enumerate(shape.rows_of(table, batch), first):
        if row is None:
            continue
        if isinstance(row, str):
            faults[len(rows)] = row
            row = blank  # noqa: PLW2901 - what cannot be read has empty cells
        numbers.append(number)
        rows.append(row)
    columns = zip(table.columns, row_shape.columns(rows, table), strict=True)
    cells = [_column(values, name, faults) for name, values in columns]
    marks = [faults.get(row_place) for row_place in range(len(rows))] if faults else [None] * len(rows)
    row_no = pa.array(numbers, pa.int64())
    file = pa.repeat(filename, len(rows))
    sequence = pa.array([sequence_start(file_no) + number for number in numbers], pa.int64())
    return pa.RecordBatch.from_arrays(
        [*cells, pa.array(marks, pa.string()), file, row_no, sequence], schema=schema_of(table)
    )


def _column(values: Sequence[Any], name: str, faults: dict[int, str]) -> pa.Array:
    """Return one column as text, noting in ``faults`` the rows whose value is nested."""
    try:
        return pa.array(values, pa.string())
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        texts = [
            value if value is None or type(value) is str else _text(value, place, name, faults)
            for place, value in enumerate(values)
        ]
        return pa.array(texts, pa.string())


def _text(value: Any, place: int, name: str, faults: dict[int, str]) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    faults[place] = nested_fault(faults.get(place), name)
    return msgspec.json.encode(value).decode()
