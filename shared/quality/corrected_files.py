"""Writes corrected rows into files of the form in which they first came, so that they are read like any others."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import msgspec

from shared.readers.json_originals import Nested
from shared.readers.sniff import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from shared.contracts.table import Table
    from shared.quality.corrections import Cells, RowKey
    from shared.quality.rejected_sheets import RejectedSheet


@dataclass(frozen=True, slots=True)
class CorrectedFile:
    """A file of corrected rows, and the table that it feeds: None where it feeds all of its dataset."""

    filename: str
    data: bytes
    table: str | None


def corrected_files(
    sheets: Sequence[RejectedSheet], rows: Mapping[RowKey, Cells], *, nested: bool
) -> Iterator[CorrectedFile]:
    """Yield a file for each that the rows came from; ``nested`` records hold an object for each table.

    A file's own columns are kept, with their names, and the values of cells that nobody has touched.
    """
    of_sheet = [
        (sheet, chosen)
        for sheet in sheets
        if (chosen := {place: rows[key] for place in sheet.original.rows if (key := (sheet.table.name, place)) in rows})
    ]
    if nested:
        for number in dict.fromkeys(sheet.original.number for sheet, _ in of_sheet):
            yield _records([(sheet, chosen) for sheet, chosen in of_sheet if sheet.original.number == number])
        return
    for sheet, chosen in of_sheet:
        if sheet.original.kind is Kind.JSON:
            objects = [_object(sheet, cells) for cells in chosen.values()]
            yield _file(sheet, ".json", msgspec.json.encode(objects), sheet.table.name)
        elif "csv" in sheet.table.source.formats:
            yield _file(sheet, ".csv", _delimited(_lines(sheet, chosen)), sheet.table.name)
        else:
            yield _file(sheet, ".xlsx", _workbook(_lines(sheet, chosen), sheet.table), sheet.table.name)


def _file(sheet: RejectedSheet, suffix: str, data: bytes, table: str | None) -> CorrectedFile:
    stem = PurePosixPath(sheet.original.filename).stem.removesuffix(" (corrected)")
    return CorrectedFile(f"{stem} (corrected){suffix}", data, table)


def _records(of_sheet: Sequence[tuple[RejectedSheet, Mapping[int, Cells]]]) -> CorrectedFile:
    """Return the records of one file, each with the objects that were corrected of it."""
    records: dict[int, dict[str, Any]] = {}
    for sheet, chosen in of_sheet:
        for place, cells in chosen.items():
            records.setdefault(place, {})[sheet.table.path] = _object(sheet, cells)
    ordered = [records[place] for place in sorted(records)]
    return _file(of_sheet[0][0], ".json", msgspec.json.encode(ordered), None)


def _object(sheet: RejectedSheet, cells: Cells) -> dict[str, Any]:
    """Return a record; a field that must be in the file is there also where it is empty."""
    places = sheet.original.places
    needed = {place for name, column in sheet.table.columns.items() if column.mandatory for place in places[name]}
    return {
        name: msgspec.Raw(cell.encode()) if isinstance(cell, Nested) else cell or ""
        for place, (name, cell) in enumerate(zip(sheet.names, cells, strict=True))
        if cell is not None or place in needed
    }


def _lines(sheet: RejectedSheet, chosen: Mapping[int, Cells]) -> list[Sequence[str | None]]:
    header = [] if sheet.original.header is None and sheet.table.source.header == "no" else [sheet.names]
    return [*header, *chosen.values()]


def _delimited(lines: Sequence[Sequence[str | None]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(lines)
    return text.getvalue().encode()


def _workbook(lines: Sequence[Sequence[str | None]], table: Table) -> bytes:
    """Return a workbook that has the rows in the sheet in which the contract looks for them."""
    # The library is imported when a workbook is corrected, not on the way to the functions.
    from xlsxwriter import Workbook  # noqa: PLC0415

    wanted, sink = table.source.sheet, io.BytesIO()
    with Workbook(sink, {"constant_memory": True}) as book:
        for _ in range(wanted if isinstance(wanted, int) else 0):
            book.add_worksheet()
        page = book.add_worksheet(wanted if isinstance(wanted, str) else None)
        for number, line in enumerate(lines):
            for column, cell in enumerate(line):
                if cell:
                    page.write_string(number, column, cell)
    return sink.getvalue()
