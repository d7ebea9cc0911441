"""A sample: records, the faults that were put into them, and what must become of every row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

if TYPE_CHECKING:
    from pathlib import Path


class InjectedFault(NamedTuple):
    """One fault put into a record, counted from 1.

    ``kind`` says what was done; ``column`` and ``rule`` what should be reported of it. ``rule`` is None where there is
    no row left to report on: the object was left out.
    """

    record_no: int
    table: str
    column: str
    kind: str
    rule: str | None


class Rejection(NamedTuple):
    """The first rule that a row breaks, and on which column."""

    column: str
    rule: str


@dataclass(frozen=True, slots=True)
class Sample:
    """Records with their answer key; rows are numbered by their record, from 1.

    ``rejections`` holds the rows of each table that must be quarantined, those that are orphans because of another
    row's fault among them; ``duplicates`` the rows that repeat the id of another, and which row is kept instead;
    ``findings`` the (column, rule) pairs to be reported of rows that stay; ``read`` the number of rows of each table.
    """

    records: list[Any]
    faults: list[InjectedFault]
    read: dict[str, int]
    rejections: dict[str, dict[int, Rejection]]
    duplicates: dict[str, dict[int, int]]
    findings: dict[str, dict[int, frozenset[tuple[str, str]]]]

    @property
    def expected(self) -> dict[str, dict[int, str]]:
        """The rule under which each row must be quarantined, by table and row number."""
        return {
            table: {row_no: rejection.rule for row_no, rejection in rows.items()}
            for table, rows in self.rejections.items()
        }

    @property
    def accepted(self) -> dict[str, int]:
        """The number of rows of each table that must reach silver."""
        return {
            table: rows - len(self.rejections[table]) - len(self.duplicates[table]) for table, rows in self.read.items()
        }

    def write_json(self, path: Path) -> None:
        """Write the records as one JSON array."""
        path.write_bytes(msgspec.json.encode(self.records))

    def write_ndjson(self, path: Path) -> None:
        """Write the records as NDJSON, one a line."""
        encoder = msgspec.json.Encoder()
        with path.open("wb") as file:
            for record in self.records:
                file.write(encoder.encode(record))
                file.write(b"\n")

    def write_answers(self, path: Path) -> None:
        """Write the answer key as JSON: the faults, and what must become of each table's rows."""
        tables = {
            table: {
                "read": self.read[table],
                "silver": self.accepted[table],
                "quarantined": {row_no: rejection._asdict() for row_no, rejection in self.rejections[table].items()},
                "duplicate": self.duplicates[table],
                "findings": {row_no: sorted(found) for row_no, found in self.findings[table].items()},
            }
            for table in self.read
        }
        answers = {"faults": [fault._asdict() for fault in self.faults], "tables": tables}
        path.write_bytes(msgspec.json.format(msgspec.json.encode(answers), indent=1))
