"""The answer key of a sample: the faults that were put into it, and what must become of every row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

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


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerKey:
    """What must become of each table's rows, which are numbered by their record, from 1.

    ``rejections`` holds the rows of each table that must be quarantined, those that are orphans because of another
    row's fault among them; ``duplicates`` the rows that repeat the id of another, and which row is kept instead;
    ``findings`` the (column, rule) pairs to be reported besides; ``read`` the number of rows of each table.
    """

    faults: list[InjectedFault]
    read: dict[str, int] = field(default_factory=dict)
    rejections: dict[str, dict[int, Rejection]] = field(default_factory=dict)
    duplicates: dict[str, dict[int, int]] = field(default_factory=dict)
    findings: dict[str, dict[int, frozenset[tuple[str, str]]]] = field(default_factory=dict)

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

    @property
    def ledger(self) -> dict[str, dict[str, int]]:
        """How many rows of each table must go where, as a job tells it."""
        return {
            table: {
                "read": read,
                "silver": self.accepted[table],
                "quarantined": len(self.rejections[table]),
                "duplicate": len(self.duplicates[table]),
                "skipped": 0,
            }
            for table, read in self.read.items()
        }

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
