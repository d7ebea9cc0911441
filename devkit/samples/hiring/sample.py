"""A sample of hires: the rows of three tables with their answer key."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devkit.samples.answer_key import AnswerKey

if TYPE_CHECKING:
    from pathlib import Path

#: Every table's columns in the order in which they stand in a file and are checked.
COLUMNS: dict[str, tuple[str, ...]] = {
    "departments": ("id", "department"),
    "jobs": ("id", "job"),
    "hired_employees": ("id", "name", "datetime", "department_id", "job_id"),
}

Row = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HiringSample(AnswerKey):
    """The rows of each table, all of them text, with their answer key."""

    rows: dict[str, list[Row]]

    def csv(self, table: str, *, delimiter: str = ",", header: bool = True, line_end: str = "\n") -> bytes:
        """Return a table as a delimited file in UTF-8."""
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS[table], delimiter=delimiter, lineterminator=line_end)
        if header:
            writer.writeheader()
        writer.writerows(self.rows[table])
        return text.getvalue().encode()

    def write_files(self, folder: Path) -> None:
        """Write one file a table, each in another of the forms in which such files come."""
        folder.mkdir(parents=True, exist_ok=True)
        for table, content in self.files().items():
            (folder / f"{table}.csv").write_bytes(content)

    def files(self) -> dict[str, bytes]:
        """Return one file a table: with a header and semicolons, with tabs, and without a header."""
        return {
            "departments": self.csv("departments", delimiter=";", line_end="\r\n"),
            "jobs": self.csv("jobs", delimiter="\t"),
            "hired_employees": self.csv("hired_employees", header=False),
        }
