"""A sample of appointments: the rows of two tables with their answer key."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import xlsxwriter

from devkit.samples.answer_key import AnswerKey

if TYPE_CHECKING:
    from pathlib import Path

#: Every table's columns in the order in which they stand in a file.
COLUMNS: dict[str, tuple[str, ...]] = {
    "doctors": ("doctor_id", "name", "specialty"),
    "appointments": ("booking_id", "patient_id", "doctor_id", "booking_date", "status"),
}

Row = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentsSample(AnswerKey):
    """The rows of each table, all of them text, with their answer key."""

    rows: dict[str, list[Row]]

    def write_files(self, folder: Path) -> None:
        """Write one workbook a table."""
        folder.mkdir(parents=True, exist_ok=True)
        for table, content in self.files().items():
            (folder / f"{table}.xlsx").write_bytes(content)

    def files(self) -> dict[str, bytes]:
        """Return one workbook a table; what is written in digits alone is a number in its cell."""
        return {table: self._workbook(table) for table in COLUMNS}

    def _workbook(self, table: str) -> bytes:
        stream = io.BytesIO()
        book = xlsxwriter.Workbook(stream, {"in_memory": True})
        sheet = book.add_worksheet(table)
        sheet.write_row(0, 0, COLUMNS[table])
        for number, row in enumerate(self.rows[table], 1):
            sheet.write_row(number, 0, [int(cell) if cell.isdecimal() else cell or None for cell in row.values()])
        book.close()
        return stream.getvalue()
