"""Rejected rows as a job would find them, without a job."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from openpyxl import load_workbook

from shared.frames.engine import get_engine
from shared.medallion import bronze, silver
from shared.medallion.context import RunContext
from shared.quality.corrected_files import CorrectedFile, corrected_files
from shared.quality.corrections import Corrections, find_corrections
from shared.quality.rejected_sheets import RejectedSheet, rejected_sheets
from shared.quality.rejection_workbook import write_rejection_workbook
from shared.quality.rejections import rejected_rows
from shared.quality.returned_workbook import returned_rows
from shared.readers.original_rows import original_rows

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

    from shared.contracts.model import Contract

AS_OF = datetime(2026, 1, 15, 12, tzinfo=UTC)
JOB = "0123456789abcdef01234567"


class Rejections:
    """What a contract rejects of some files (name, table, bytes), the workbook of it, and what comes back."""

    def __init__(self, contract: Contract, *files: tuple[str, str | None, bytes]) -> None:
        self._contract = contract
        engine, context = get_engine("pyarrow"), RunContext(JOB, "run", "user", AS_OF, AS_OF, b"key")
        read = bronze.read(contract, [bronze.SourceFile(name, data, table) for name, table, data in files])
        frames = {name: engine.from_arrow(rows) for name, rows in read.items()}
        found = silver.refine(contract, frames, [name for name, *_ in files], context, engine)
        labels = {table.name: table.label for table in contract.tables}
        rows = {
            table.name: rejected_rows(engine.to_arrow(found.verdicts[table.name]).to_pylist(), table, labels, AS_OF)
            for table in contract.tables
        }
        wanted = {name: {row.place for row in of_table} for name, of_table in rows.items()}
        originals = [
            one
            for number, (name, table, data) in enumerate(files)
            for one in original_rows(data, contract, table, name, number, wanted)
        ]
        self.sheets: list[RejectedSheet] = [
            sheet for table in contract.tables for sheet in rejected_sheets(table, originals, rows[table.name])
        ]
        self.book: Workbook = load_workbook(io.BytesIO(write_rejection_workbook(JOB, self.sheets)))

    def page(self, number: int = 1) -> Worksheet:
        """A sheet of rows; the first sheet, of number 0, says what to fix."""
        return self.book.worksheets[number]

    def cell(self, row: int, column: str, sheet: int = 1) -> Cell:
        """The cell of a row, from 1, under the name of a column."""
        names = [one.value for one in self.page(sheet)[1]]
        return self.page(sheet).cell(row + 1, names.index(column) + 1)

    def sent_back(self) -> Corrections:
        """What is found when the workbook comes back as it is now."""
        stream = io.BytesIO()
        self.book.save(stream)
        return find_corrections(self._contract, self.sheets, returned_rows(stream, "back.xlsx", JOB))

    def files(self) -> list[CorrectedFile]:
        """The files of the corrections when the workbook comes back as it is now."""
        nested = self._contract.files == "all_tables"
        return list(corrected_files(self.sheets, self.sent_back().rows, nested=nested))


def shown(page: Worksheet) -> list[list[str | None]]:
    """The rows of a sheet, without its hidden columns."""
    hidden = page.column_dimensions["A"].max if page.column_dimensions["A"].hidden else 0
    return [list(row[hidden:]) for row in page.iter_rows(values_only=True)]
