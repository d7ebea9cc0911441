"""Makes frames of text columns out of rows of cells, as delimited files and workbooks have them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pyarrow as pa

from shared.readers.rows import QUOTE_FAULT, ragged_fault, sequence_start
from shared.readers.schema import schema_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shared.contracts.table import Table
    from shared.readers.table_head import Head

_ROWS_AT_ONCE = 20_000


def batches_of(
    rows: Iterable[tuple[int, Sequence[str | None] | None]], head: Head, table: Table, filename: str, file_no: int
) -> Iterator[pa.RecordBatch]:
    """Yield the table's columns as text, then ``_faults``, ``_file``, ``_row_no`` and ``_seq``, a batch at a time.

    ``rows`` are the data, each with its number in the file; one without cells could not be told apart into cells, and
    one with more or fewer cells than the table is ragged: either is marked and has no values, since none of them is
    sure to stand in its column. No row has values either where the table has other columns.
    """
    schema, remaining = schema_of(table), iter(rows)
    nothing: Sequence[str | None] = (None,) * head.width
    while batch := list(islice(remaining, _ROWS_AT_ONCE)):
        faults: list[str | None] = [None] * len(batch)
        sound: list[Sequence[str | None]] = []
        for place, (_, cells) in enumerate(batch):
            if cells is None:
                faults[place] = QUOTE_FAULT
            elif head.fault is not None or len(cells) != head.width:
                faults[place] = head.fault or ragged_fault(head.width, len(cells))
            sound.append(nothing if faults[place] or cells is None else cells)
        cells_by_column = list(zip(*sound, strict=True))
        numbers = pa.array([number for number, _ in batch], pa.int64())
        first = sequence_start(file_no)
        columns = [
            *(pa.array(_first_values(cells_by_column, places, len(batch)), pa.string()) for places in head.places),
            pa.array(faults, pa.string()),
            pa.repeat(filename, len(batch)),
            numbers,
            pa.array([first + number for number, _ in batch], pa.int64()),
        ]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _first_values(
    cells_by_column: Sequence[Sequence[str | None]], places: Sequence[int], length: int
) -> Sequence[str | None]:
    """Return a column's values: of each row the first that is not blank among the cells in which it may stand."""
    if not places:
        return [None] * length
    values, *others = (cells_by_column[place] for place in places)
    for other in others:
        values = [value or another for value, another in zip(values, other, strict=True)]
    return values
