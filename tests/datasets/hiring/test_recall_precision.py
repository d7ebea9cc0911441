"""The rules find every fault that the generator puts in, under its own name, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from devkit.samples.hiring import HiringSample, generate
from shared.domain.verdicts import REJECTING
from shared.frames.engine import get_engine
from shared.medallion.bronze import SourceFile
from tests.outcome import outcome

if TYPE_CHECKING:
    from shared.domain.ledger import Ledger

#: Hires, seed, share of faulty ones.
SAMPLES = ((1_500, 1, 0.05), (800, 2, 0.5), (300, 3, 0.0))
#: Lines above the first row in the files that the sample writes.
HEADERS = {"departments": 1, "jobs": 1, "hired_employees": 0}


@dataclass(frozen=True)
class Judged:
    """A sample and what the rules made of it, its rows numbered from 1."""

    sample: HiringSample
    ledger: Ledger
    verdicts: dict[str, list[dict[str, Any]]]

    def rows(self, *outcomes: str) -> dict[str, list[tuple[int, dict[str, Any]]]]:
        """Return the verdicts of some outcomes by table, each with the number of its row."""
        return {
            table: [(row["_row_no"] - HEADERS[table], row) for row in rows if row["outcome"] in outcomes]
            for table, rows in self.verdicts.items()
        }


@pytest.fixture(scope="module", params=SAMPLES, ids=lambda case: f"{case[0]}-hires-seed-{case[1]}-faults-{case[2]}")
def judged(request: pytest.FixtureRequest) -> Judged:
    sample = generate(*request.param)
    files = [SourceFile(f"{table}.csv", content, table) for table, content in sample.files().items()]
    found = outcome("hiring", get_engine("pyarrow"), *files)
    return Judged(sample, found.ledger, {name: table.to_pylist() for name, table in found.verdicts.items()})


def test_exactly_the_faulty_rows_are_quarantined_each_under_its_rule(judged: Judged) -> None:
    found = judged.rows("quarantined")
    assert {
        table: {number: (row["column"], row["rule"]) for number, row in rows} for table, rows in found.items()
    } == judged.sample.rejections


def test_exactly_the_repeated_rows_are_duplicates_of_the_row_that_is_kept(judged: Judged) -> None:
    found = judged.rows("duplicate")
    assert {
        table: {number: row["repeats_row_no"] - HEADERS[table] for number, row in rows} for table, rows in found.items()
    } == judged.sample.duplicates


def test_exactly_the_numbers_written_as_fractions_are_reported(judged: Judged) -> None:
    found = judged.rows("repaired", "nulled", "flagged")
    assert {
        table: {number: {(row["column"], row["rule"])} for number, row in rows} for table, rows in found.items()
    } == judged.sample.findings


def test_the_ledger_agrees_with_the_answer_key(judged: Judged) -> None:
    assert all(balance.balances for balance in judged.ledger.values())
    counts = ("read", "silver", "quarantined", "duplicate", "skipped")
    found = {table: {name: getattr(balance, name) for name in counts} for table, balance in judged.ledger.items()}
    assert found == judged.sample.ledger


def test_every_row_is_judged_once(judged: Judged) -> None:
    for rows in judged.rows(*REJECTING).values():
        assert len({number for number, _ in rows}) == len(rows)
