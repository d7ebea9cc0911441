"""Reads JSON records into frames of text columns, one frame a table, keeping every value as it was written.

What cannot be a cell is not lost: a record that is no object, an object that is no object, and a nested value are
marked in the column ``_faults`` and end in quarantine.
"""

from __future__ import annotations

from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa

from shared.readers.json_faults import rescued, sound_records
from shared.readers.json_layout import BYTE_ORDER_MARK, JsonLayout, sniff_json
from shared.readers.json_numbers import plain_decimal
from shared.readers.rows import (
    FAULTS,
    FILE,
    OBJECT_FAULT,
    RECORD_FAULT,
    ROW_NO,
    SEQUENCE,
    UNREADABLE_FAULT,
    nested_fault,
    sequence_start,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shared.contracts.model import Table

RECORDS_AT_ONCE = 2_000
_SNIFFED_BYTES = 1 << 20

Record = dict[str, Any]


def read_json_records(data: bytes, tables: Sequence[Table], filename: str, file_no: int) -> dict[str, pa.Table]:
    """Return per table the rows that its object of each record gives.

    Columns: the contract's, as text, then ``_faults``, ``_file``, ``_row_no`` (the record's number, from 1) and
    ``_seq`` (the row's place in the job). A record without the object adds no row to that table. Raises
    :class:`UnreadableFileError` when the file as a whole is no JSON array or NDJSON.
    """
    chunks: dict[str, list[pa.RecordBatch]] = {table.name: [] for table in tables}
    records = _decoded(data, filename)
    first = 1
    while batch := list(islice(records, RECORDS_AT_ONCE)):
        for place, table in enumerate(tables):
            chunks[table.name].append(_rows_of(batch, table, first, filename, file_no, takes_the_lost=place == 0))
        first += len(batch)
    return {table.name: pa.Table.from_batches(chunks[table.name], _schema(table)) for table in tables}


def _decoded(data: bytes, filename: str) -> Iterator[Record | str]:
    """Yield each record as a dict, or the fault by which it is none."""
    decoder = msgspec.json.Decoder(float_hook=plain_decimal)
    raw_records: Iterable[bytes | msgspec.Raw]
    if sniff_json(data[:_SNIFFED_BYTES], filename) is JsonLayout.LINES:
        raw_records = (line for line in data.removeprefix(BYTE_ORDER_MARK).split(b"\n") if line.strip())
    else:
        try:
            raw_records = msgspec.json.decode(memoryview(data)[_start(data) :], type=list[msgspec.Raw])
        except (msgspec.DecodeError, RecursionError):
            for record in sound_records(data, filename):
                yield record if isinstance(record, dict) else RECORD_FAULT
            return
    for raw in raw_records:
        try:
            record = decoder.decode(raw)
        except (msgspec.DecodeError, RecursionError):
            try:
                record = rescued(bytes(raw))
            except (ValueError, RecursionError):
                yield UNREADABLE_FAULT
                continue
        yield record if isinstance(record, dict) else RECORD_FAULT


def _start(data: bytes) -> int:
    return len(BYTE_ORDER_MARK) if data.startswith(BYTE_ORDER_MARK) else 0


def _schema(table: Table) -> pa.Schema:
    columns = [(name, pa.string()) for name in table.columns]
    return pa.schema(
        [*columns, (FAULTS, pa.string()), (FILE, pa.string()), (ROW_NO, pa.int64()), (SEQUENCE, pa.int64())]
    )


def _rows_of(
    batch: Sequence[Record | str],
    table: Table,
    first: int,
    filename: str,
    file_no: int,
    *,
    takes_the_lost: bool,
) -> pa.RecordBatch:
    """Make one table's rows of a batch of records; the first table also takes the records that are none."""
    path = table.path
    numbers: list[int] = []
    objects: list[Record] = []
    faults: dict[int, str] = {}
    for number, record in enumerate(batch, first):
        if isinstance(record, str):
            if not takes_the_lost:
                continue
            faults[len(objects)] = record
            found: Any = {}
        else:
            found = record.get(path)
            if found is None:
                continue
            if not isinstance(found, dict):
                faults[len(objects)] = OBJECT_FAULT
                found = {}
        numbers.append(number)
        objects.append(found)
    cells = [
        _column(values, name, faults) for name, values in zip(table.columns, _transposed(objects, table), strict=True)
    ]
    row_no = pa.array(numbers, pa.int64())
    marks = pa.array(
        [faults.get(place) for place in range(len(objects))] if faults else [None] * len(objects), pa.string()
    )
    file = pa.repeat(filename, len(objects))
    sequence = pa.array([sequence_start(file_no) + number for number in numbers], pa.int64())
    return pa.RecordBatch.from_arrays([*cells, marks, file, row_no, sequence], schema=_schema(table))


def _transposed(objects: Sequence[Record], table: Table) -> list[Sequence[Any]]:
    """Turn objects into one sequence of values a column; a column's first name that has a value wins."""
    names = [column.names or (name,) for name, column in table.columns.items()]
    firsts = [first for first, *_ in names]
    columns: list[Sequence[Any]] = [()] * len(names)
    for place, values in enumerate(zip(*_picked(objects, firsts), strict=True)):
        columns[place] = values
    for place, (_, *others) in enumerate(names):
        for other in others:
            pairs = zip(objects, columns[place], strict=True)
            columns[place] = [found.get(other) if value is None else value for found, value in pairs]
    return columns


def _picked(objects: Sequence[Record], names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Yield the values of these names of each object, quickly where it has them all."""
    pick = itemgetter(*names) if len(names) > 1 else lambda found: (found[names[0]],)
    for found in objects:
        try:
            yield pick(found)
        except KeyError:
            yield tuple(map(found.get, names))


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
