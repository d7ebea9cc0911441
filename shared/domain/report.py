"""What a run on Spark says of itself, one report a notebook; the app makes the job's manifest of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - the annotations are read when a report is decoded

from shared.domain.ledger import Ledger  # noqa: TC001 - likewise
from shared.domain.scorecard import Scorecard  # noqa: TC001 - likewise


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A Parquet file of a run: its path beneath the folder of its kind, rows, size in bytes and SHA-256."""

    table: str
    path: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SilverReport:
    """What came of bronze: the ledger, the counts by rule, the scorecard and the files that were written."""

    run_id: str
    loaded_at: datetime
    ledger: Ledger
    rule_counts: dict[str, dict[str, int]]
    silver: tuple[WrittenFile, ...]
    quarantine: tuple[WrittenFile, ...]
    scorecard: Scorecard


@dataclass(frozen=True, slots=True)
class GoldReport:
    """What came of silver: the files of gold; a table without rows has one too."""

    run_id: str
    gold: tuple[WrittenFile, ...]

    @property
    def rows(self) -> dict[str, int]:
        """The rows of each table."""
        rows: Counter[str] = Counter()
        for file in self.gold:
            rows[file.table] += file.rows
        return dict(rows)
