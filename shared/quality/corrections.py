"""Tells which rejected rows were corrected, and what they are now."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from shared.quality.rejected_sheets import showable
from shared.quality.returned_workbook import CorrectionsError
from shared.readers.workbook_values import cell_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shared.contracts.model import Contract
    from shared.quality.rejected_sheets import RejectedSheet
    from shared.quality.returned_workbook import ReturnedRow

Cells = list[str | None]
#: Table and place in the job.
RowKey = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Corrections:
    """Rows to process, with their cells in the order of their file's columns.

    ``changed`` of them were corrected. The others are as they were, but were rejected only because they refer to a row
    that was corrected.
    """

    rows: Mapping[RowKey, Cells]
    changed: int
    unchanged: int

    @property
    def along(self) -> int:
        """How many rows come along with those that they refer to."""
        return len(self.rows) - self.changed


def find_corrections(
    contract: Contract, sheets: Sequence[RejectedSheet], returned: Mapping[RowKey, ReturnedRow]
) -> Corrections:
    """Compare what came back with what was sent out.

    A cell that was not changed keeps its value as it was delivered, also where not all of it could be shown. Raises
    :class:`CorrectionsError` for a row that the job did not reject.
    """
    sheet_of = {(sheet.table.name, place): sheet for sheet in sheets for place in sheet.original.rows}
    changed: dict[RowKey, Cells] = {}
    for key, row in returned.items():
        if key not in sheet_of:
            raise CorrectionsError(
                f"Row {row.number:,} of the sheet {row.sheet!r} is none that the job rejected.", code="unknown_row"
            )
        cells = _corrected(sheet_of[key], key[1], row)
        if cells is not None:
            changed[key] = cells
    along = _along(contract, sheet_of, changed, returned)
    rows = {key: cells for key in sheet_of if (cells := changed.get(key) or along.get(key)) is not None}
    return Corrections(rows, len(changed), len(returned) - len(rows))


def _corrected(sheet: RejectedSheet, place: int, row: ReturnedRow) -> Cells | None:
    """Return the cells of a row that was changed, None for one that was not."""
    before, kept = sheet.shown(place), sheet.cells(place)
    now = [cell_text(value, sheet.column_at(no)) or "" for no, value in enumerate(row.cells(sheet.columns))]
    differs = [showable(text) != shown for text, shown in zip(now, before, strict=True)]
    if not any(differs):
        return None
    return _trimmed(
        sheet, [(text or None) if changed else cell for text, changed, cell in zip(now, differs, kept, strict=True)]
    )


def _trimmed(sheet: RejectedSheet, cells: Cells) -> Cells:
    """Leave out blank cells beyond the columns of the file, which only longer rows have."""
    end = len(cells)
    while end > sheet.width and not cells[end - 1]:
        end -= 1
    return cells[:end]


def _along(
    contract: Contract,
    sheet_of: Mapping[RowKey, RejectedSheet],
    changed: Mapping[RowKey, Cells],
    returned: Mapping[RowKey, ReturnedRow],
) -> dict[RowKey, Cells]:
    """Return the rows that were rejected only because they refer to a row that goes on now."""
    along: dict[RowKey, Cells] = {}
    keys: dict[str, set[object]] = {}
    for table in contract.tables:
        targets = {rule.column: rule.target[0] for rule in table.rules}
        for key, sheet in sheet_of.items():
            if key[0] == table.name and key in returned and key not in changed:
                dangling, cells = sheet.rejected[key[1]].dangling, sheet.cells(key[1])
                if dangling and all(_value(sheet, cells, name) in keys[targets[name]] for name in dangling):
                    along[key] = _trimmed(sheet, cells)
        keys[table.name] = {
            _value(sheet_of[key], cells, table.key[0])
            for key, cells in {**changed, **along}.items()
            if key[0] == table.name
        }
    return along


def _value(sheet: RejectedSheet, cells: Cells, column: str) -> object:
    """Return a value by which rows refer to each other: 7 and 7.0 are one number."""
    text = (sheet.value(cells, column) or "").strip()
    if sheet.table.columns[column].type in {"integer", "decimal"}:
        try:
            return Decimal(text)
        except InvalidOperation:
            return text
    return text
