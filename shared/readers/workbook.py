"""Reads tables out of Excel workbooks: what the cells hold and what their formulas last gave, never the formulas."""

from __future__ import annotations

import io
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from shared.errors import UnreadableFileError
from shared.readers.table_head import SNIFFED_ROWS, WHITE_SPACE, find_head
from shared.readers.workbook_package import counts_from_1904, damaged_workbook, safe_package
from shared.readers.workbook_values import cell_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from python_calamine import CalamineSheet, CalamineWorkbook

    from shared.contracts.column import Column
    from shared.contracts.table import Table
    from shared.readers.table_head import Head
    from shared.readers.workbook_values import Value

# The library is imported when a workbook comes, not on the way to the functions.
# ruff: noqa: PLC0415


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A table in a sheet: where it lies, the names above it (none without a header), and its rows with their numbers.

    ``from_1904`` says from when the workbook counts its days, and ``sheet`` is the name of the sheet.
    """

    head: Head
    header: tuple[str, ...] | None
    rows: Iterator[tuple[int, list[Value]]]
    from_1904: bool
    sheet: str


def table_in(stream: BinaryIO, table: Table, filename: str) -> SheetTable:
    """Find ``table`` in a workbook: in the sheet that the contract names, else the first in sight whose header fits.

    Rows have their number in the sheet, from 1 as Excel shows it; blank ones pad the table and are no rows of it.
    Raises :class:`UnreadableFileError` when no sheet fits, and what
    :func:`~shared.readers.workbook_package.safe_package` raises.
    """
    package = safe_package(stream, filename)
    sheet, head = _sheet_of(_opened(package, filename), table, filename)
    width = len(table.columns)
    header = tuple(_top(sheet, width)[head.rows - 1]) if head.rows else None
    return SheetTable(head, header, islice(_rows(sheet, width), head.rows, None), counts_from_1904(package), sheet.name)


def sheet_rows(stream: BinaryIO, table: Table, filename: str) -> Iterator[tuple[int, list[str | None]]]:
    """Yield the rows of ``table`` with their number, and a cell for each column; see :func:`table_in`."""
    found = table_in(stream, table, filename)
    columns = list(zip(table.columns.values(), found.head.places, strict=True))
    for number, row in found.rows:
        yield number, [_first_text(row, places, column, from_1904=found.from_1904) for column, places in columns]


def _first_text(row: Sequence[Value], places: Iterable[int], column: Column, *, from_1904: bool) -> str | None:
    for place in places:
        if text := cell_text(row[place], column, from_1904=from_1904):
            return text
    return None


def whole_sheets(stream: BinaryIO, filename: str) -> Iterator[tuple[str, list[tuple[int, list[Value]]]]]:
    """Yield each sheet, hidden ones too, with its name and its rows that are not blank."""
    workbook = _opened(safe_package(stream, filename), filename)
    for name in workbook.sheet_names:
        yield name, list(_rows(_sheet(workbook, name, filename), 0))


def count_rows(stream: BinaryIO, table: Table, filename: str) -> int:
    """Return how many rows :func:`sheet_rows` yields."""
    sheet, head = _sheet_of(_opened(safe_package(stream, filename), filename), table, filename)
    return sum(1 for _ in _rows(sheet, len(table.columns))) - head.rows


def top_cells(stream: BinaryIO, filename: str) -> Iterator[str]:
    """Yield the texts in the first rows of all sheets in sight."""
    workbook = _opened(safe_package(stream, filename), filename)
    for name in _visible_sheets(workbook):
        for row in islice(_sheet(workbook, name, filename).iter_rows(), SNIFFED_ROWS):
            yield from (cell for cell in row if isinstance(cell, str))


def _opened(package: bytes, filename: str) -> CalamineWorkbook:
    from python_calamine import CalamineWorkbook

    with _damage_told(filename):
        return CalamineWorkbook.from_filelike(io.BytesIO(package))


def _sheet(workbook: CalamineWorkbook, name: str, filename: str) -> CalamineSheet:
    with _damage_told(filename):
        return workbook.get_sheet_by_name(name)


def _visible_sheets(workbook: CalamineWorkbook) -> list[str]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    return [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]


def _sheet_of(workbook: CalamineWorkbook, table: Table, filename: str) -> tuple[CalamineSheet, Head]:
    """Return the sheet that holds ``table``, one with a header rather than one without, and where in it."""
    without_header: list[tuple[CalamineSheet, Head]] = []
    problems: list[UnreadableFileError] = []
    for name in _named_sheets(workbook, table, filename):
        sheet = _sheet(workbook, name, filename)
        top = _top(sheet, len(table.columns))
        if not top:
            continue
        try:
            head = find_head(top, table, f"The sheet {name!r} of {filename}")
        except UnreadableFileError as error:
            problems.append(error)
            continue
        if head.rows:
            return sheet, head
        without_header.append((sheet, head))
    if without_header:
        return without_header[0]
    if problems:
        raise problems[0]
    raise UnreadableFileError(f"{filename} has no sheet with any rows.", code="empty_file", file=filename)


def _named_sheets(workbook: CalamineWorkbook, table: Table, filename: str) -> list[str]:
    """Return the sheets in which the table may be: the one that the contract names or counts, from 0, or all."""
    wanted, names = table.source.sheet, workbook.sheet_names
    if wanted is None:
        return _visible_sheets(workbook)
    if isinstance(wanted, int):
        found = names[wanted : wanted + 1]
    else:
        found = [name for name in names if name.strip().casefold() == wanted.strip().casefold()]
    if not found:
        which = f"sheet number {wanted + 1}" if isinstance(wanted, int) else f"sheet {wanted!r}"
        raise UnreadableFileError(
            f"{filename} has no {which}; its sheets are {', '.join(map(repr, names))}.",
            code="missing_sheet",
            advice="Name the sheet as the dataset does, or send the table alone.",
            file=filename,
            found=names,
        )
    return found


def _rows(sheet: CalamineSheet, width: int) -> Iterator[tuple[int, list[Value]]]:
    """Yield the rows that are not blank, each of at least ``width`` cells, with their numbers."""
    padding: list[Value] = [""] * max(width - sheet.width, 0)
    for number, row in enumerate(sheet.iter_rows(), 1):
        if any(not isinstance(cell, str) or cell.strip(WHITE_SPACE) for cell in row):
            yield number, row + padding


def _top(sheet: CalamineSheet, width: int) -> list[list[str]]:
    """Return the first rows as text, with what is merged downwards in each of its rows: so headers are written."""
    rows = {number: list(map(str, row)) for number, row in islice(_rows(sheet, width), SNIFFED_ROWS)}
    left = sheet.start[1] if sheet.start else 0
    for (top, column), (bottom, _) in sheet.merged_cell_ranges or []:
        place = column - left
        for number in range(top + 2, min(bottom + 1, max(rows, default=0)) + 1):
            if number in rows and top + 1 in rows and 0 <= place < len(rows[number]):
                rows[number][place] = rows[top + 1][place]
    return list(rows.values())


@contextmanager
def _damage_told(filename: str) -> Iterator[None]:
    """Say of a workbook that the library cannot read that it is damaged, also when the library breaks down over it."""
    from python_calamine import CalamineError

    try:
        yield
    except CalamineError as error:
        raise damaged_workbook(filename) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise damaged_workbook(filename) from error
