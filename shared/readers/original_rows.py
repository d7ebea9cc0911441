"""Finds rows again in the files that they came from, with all the columns that their senders wrote."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from shared.contracts.column import Column
from shared.readers.delimited import as_text, numbered_rows, sniff_layout
from shared.readers.encoding import encoding_of
from shared.readers.feeds import table_of_part
from shared.readers.formats import is_own, taken_by
from shared.readers.json_originals import original_objects, original_records
from shared.readers.read import numbered_parts
from shared.readers.rows import SEQUENCE, sequence_start
from shared.readers.sniff import Kind
from shared.readers.workbook import table_in
from shared.readers.workbook_values import cell_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    import pyarrow as pa

    from shared.contracts.model import Contract
    from shared.contracts.table import Table
    from shared.readers.archives import Part
    from shared.readers.table_head import Head

#: Reads a file of a kind that its dataset reads by itself: takes its bytes, its name, and the number by which the
#: readers know it; returns the rows of each table.
OwnRows = Callable[[bytes, str, int], Mapping[str, "pa.Table"]]

_UNKNOWN = Column(label="")


@dataclass(frozen=True, slots=True)
class OriginalRows:
    """Rows of one table as one file has them.

    ``kind`` is what the file is and ``number`` the one by which the readers know it. ``header`` names the columns as
    the file does; it is None where the file names none. ``places`` says for each column of the contract in which cells
    its value may stand. ``rows`` are by their place in the job; one that cannot be told apart into cells has none, and
    where what a cell holds is a list or an object, it is a :class:`~shared.readers.json_originals.Nested`. ``sheet`` is
    the sheet of a workbook.
    """

    table: str
    filename: str
    kind: Kind
    number: int
    header: tuple[str, ...] | None
    places: Mapping[str, tuple[int, ...]]
    rows: Mapping[int, Sequence[str | None]]
    sheet: str | None = None

    def row_no(self, place: int) -> int:
        """Return the number, in the file, of a row at a place in the job."""
        return place - sequence_start(self.number)


def original_rows(
    data: bytes,
    contract: Contract,
    table_name: str | None,
    filename: str,
    file_no: int,
    wanted: Mapping[str, Collection[int]],
    own: OwnRows | None = None,
) -> Iterator[OriginalRows]:
    """Yield the rows of a file that are ``wanted``, which are places in the job (``_seq``) by table.

    ``own`` reads what the dataset reads by itself. The other parameters, and what is raised, are as for
    :func:`~shared.readers.read.read_file`.
    """
    for number, part in numbered_parts(data, filename, file_no):
        table = table_of_part(contract, table_name, part)
        tables = contract.tables if table is None else (table,)
        start, end = sequence_start(number), sequence_start(number + 1)
        numbers = {
            one.name: {place - start for place in wanted.get(one.name, ()) if start < place < end} for one in tables
        }
        if not any(numbers.values()):
            continue
        if own is not None and is_own(contract, part):
            yield from _as_read(own(part.stream.read(), part.filename, number), part, contract, number, wanted)
        else:
            yield from _of_part(part, contract, table, number, numbers)


def _as_read(
    tables: Mapping[str, pa.Table], part: Part, contract: Contract, number: int, wanted: Mapping[str, Collection[int]]
) -> Iterator[OriginalRows]:
    """Yield rows of a file that has no cells of its own as the dataset's own reader made them."""
    for table in contract.tables:
        frame, places = tables.get(table.name), wanted.get(table.name)
        if frame is None or not places:
            continue
        cells = zip(*(frame[column].to_pylist() for column in table.columns), strict=True)
        made = zip(frame[SEQUENCE].to_pylist(), cells, strict=True)
        rows = {place: row for place, row in made if place in places}
        if rows:
            own = {column: (no,) for no, column in enumerate(table.columns)}
            yield OriginalRows(table.name, part.filename, part.kind, number, None, own, rows)


def _of_part(
    part: Part, contract: Contract, table: Table | None, number: int, wanted: Mapping[str, Collection[int]]
) -> Iterator[OriginalRows]:
    kind = taken_by(contract, table, part)
    if kind is Kind.JSON:
        records = original_records(part.stream.read(), part.filename, set().union(*wanted.values()))
        for one in contract.tables if table is None else (table,):
            own = {number: record for number, record in records.items() if number in wanted[one.name]}
            header, rows = original_objects(own, one, flat=table is not None)
            if rows:
                yield _original(part, kind, number, one, header, _places_of_names(one, header), rows.items())
    elif table is not None and kind is Kind.WORKBOOK:
        yield _in_workbook(part, table, number, wanted[table.name])
    elif table is not None and kind is Kind.DELIMITED:
        yield _in_text(part, table, number, wanted[table.name])


def _in_text(part: Part, table: Table, number: int, wanted: Collection[int]) -> OriginalRows:
    layout, data = sniff_layout(part.head, table, part.filename), part.stream.read()
    rows = numbered_rows(as_text(io.BytesIO(data), encoding_of(data)), layout.delimiter, part.filename)
    above = list(islice(rows, layout.head.rows))
    header = tuple(above[-1][1] or ()) if above else None
    found = ((row_no, cells or ()) for row_no, cells in rows if row_no in wanted)
    return _original(part, Kind.DELIMITED, number, table, header, _places(layout.head, table), found)


def _in_workbook(part: Part, table: Table, number: int, wanted: Collection[int]) -> OriginalRows:
    found = table_in(part.stream, table, part.filename)
    places = _places(found.head, table)
    columns = {place: table.columns[name] for name, taken in places.items() for place in taken}
    rows = (
        (
            row_no,
            [
                cell_text(value, columns.get(place, _UNKNOWN), from_1904=found.from_1904)
                for place, value in enumerate(row)
            ],
        )
        for row_no, row in found.rows
        if row_no in wanted
    )
    original = _original(part, Kind.WORKBOOK, number, table, found.header, places, rows)
    return replace(original, sheet=found.sheet)


def _original(
    part: Part,
    kind: Kind,
    number: int,
    table: Table,
    header: tuple[str, ...] | None,
    places: Mapping[str, tuple[int, ...]],
    rows: Iterable[tuple[int, Sequence[str | None]]],
) -> OriginalRows:
    start = sequence_start(number)
    by_place = {start + row_no: tuple(cells) for row_no, cells in rows}
    return OriginalRows(table.name, part.filename, kind, number, header, places, by_place)


def _places(head: Head, table: Table) -> dict[str, tuple[int, ...]]:
    return dict(zip(table.columns, head.places, strict=True))


def _places_of_names(table: Table, header: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Return where the names that each column may have stand in a header."""
    return {
        name: tuple(header.index(known) for known in column.names or (name,) if known in header)
        for name, column in table.columns.items()
    }
