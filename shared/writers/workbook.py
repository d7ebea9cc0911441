"""Writes a table into an Excel workbook, row by row, in memory that does not grow with it.

Text is written as text, whatever it begins with, so none is taken for a formula.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter import Workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from typing import BinaryIO

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: As many as a sheet has, without the header.
_ROWS_PER_SHEET = 2**20 - 1
_ROWS_AT_ONCE = 10_000
_WIDTH = 16
_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_DATE, _MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
#: Excel counts days from the end of 1899.
_FIRST_DAY = 25_569
_SECONDS_OF_DAY = 86_400


class _Column(NamedTuple):
    """How a column's cells are written: the sheet's method, the number format if any, and what the cells become."""

    method: str
    shown_as: str | None
    prepare: Callable[[pa.ChunkedArray], pa.ChunkedArray]


def write_workbook(rows: pa.Table, sheet: str, sink: BinaryIO, made_at: datetime) -> None:
    """Write a table with its names of columns above it; numbers, days, moments and truth values as what they are.

    The same rows give the same bytes. More than a sheet holds go on in the next.
    """
    # Nothing but the content may tell two workbooks apart.
    made_at = made_at.replace(microsecond=0, tzinfo=None)
    with Workbook(sink, _OPTIONS) as book:
        book.set_properties({"created": made_at})
        head = book.add_format({"bold": True, "bg_color": "#E7E6E6"})
        columns = [_column(field.type) for field in rows.schema]
        styles = [book.add_format({"num_format": one.shown_as}) if one.shown_as else None for one in columns]
        lines = _lines(rows, columns)
        for number in range(max(-(-rows.num_rows // _ROWS_PER_SHEET), 1)):
            page = book.add_worksheet(f"{sheet} ({number + 1})" if number else sheet)
            page.set_column(0, len(columns) - 1, _WIDTH)
            page.freeze_panes(1, 0)
            for place, name in enumerate(rows.column_names):
                page.write_string(0, place, name, head)
            _write_lines(page, columns, styles, islice(lines, _ROWS_PER_SHEET))


def _write_lines(
    page: Worksheet, columns: Sequence[_Column], styles: Sequence[Format | None], lines: Iterator[tuple[Any, ...]]
) -> None:
    writing = [
        (place, getattr(page, column.method), style)
        for place, (column, style) in enumerate(zip(columns, styles, strict=True))
    ]
    for row, cells in enumerate(lines, 1):
        for (place, write, style), value in zip(writing, cells, strict=True):
            if value is not None:
                write(row, place, value, style)


def _lines(rows: pa.Table, columns: Sequence[_Column]) -> Iterator[tuple[Any, ...]]:
    """Yield the cells of each row as they are written."""
    for start in range(0, rows.num_rows, _ROWS_AT_ONCE):
        part = rows.slice(start, _ROWS_AT_ONCE)
        cells = (column.prepare(values).to_pylist() for column, values in zip(columns, part.columns, strict=True))
        yield from zip(*cells, strict=True)


def _column(kind: pa.DataType) -> _Column:
    if pa.types.is_boolean(kind):
        return _Column("write_boolean", None, _as_they_are)
    if pa.types.is_integer(kind):
        return _Column("write_number", None, _as_they_are)
    if pa.types.is_decimal(kind):
        return _Column("write_number", f"0.{'0' * kind.scale}" if kind.scale else "0", _floats)
    if pa.types.is_date32(kind):
        return _Column("write_number", _DATE, _days)
    if pa.types.is_timestamp(kind):
        return _Column("write_number", _MOMENT, _moments)
    return _Column("write_string", None, lambda values: values.cast(pa.string()))


def _as_they_are(values: pa.ChunkedArray) -> pa.ChunkedArray:
    return values


def _floats(values: pa.ChunkedArray) -> pa.ChunkedArray:
    # Through their digits: a decimal that is cast to a float itself may come out beside the nearest.
    return values.cast(pa.string()).cast(pa.float64())


def _days(values: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.add(values.cast(pa.int32()), _FIRST_DAY)


def _moments(values: pa.ChunkedArray) -> pa.ChunkedArray:
    seconds = values.cast(pa.timestamp("s"), safe=False).cast(pa.int64()).cast(pa.float64())
    return pc.add(pc.divide(seconds, float(_SECONDS_OF_DAY)), float(_FIRST_DAY))
