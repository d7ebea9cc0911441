"""The rules find every fault that the generator puts in, under its own name, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from devkit.samples.appointments import AppointmentsSample, generate
from shared.domain.verdicts import REJECTING
from shared.frames.engine import get_engine
from shared.medallion.bronze import SourceFile
from tests.outcome import outcome

if TYPE_CHECKING:
    from shared.domain.ledger import Ledger

#: Appointments, seed, share of faulty ones.
SAMPLES = ((1_500, 1, 0.05), (800, 2, 0.5), (300, 3, 0.0))


@dataclass(frozen=True)
class Judged:
    """A sample and what the rules made of it, its rows numbered from 1."""

    sample: AppointmentsSample
    ledger: Ledger
    verdicts: dict[str, list[dict[str, Any]]]

    def rows(self, *outcomes: str) -> dict[str, list[tuple[int, dict[str, Any]]]]:
        """Return the verdicts of some outcomes by table, each with the number of its row below the header."""
        return {
            table: [(row["_row_no"] - 1, row) for row in rows if row["outcome"] in outcomes]
            for table, rows in self.verdicts.items()
        }


@pytest.fixture(scope="module", params=SAMPLES, ids=lambda case: f"{case[0]}-rows-seed-{case[1]}-faults-{case[2]}")
def judged(request: pytest.FixtureRequest) -> Judged:
    sample = generate(*request.param)
    files = [SourceFile(f"{table}.xlsx", content, table) for table, content in sample.files().items()]
    found = outcome("appointments", get_engine("pyarrow"), *files)
    return Judged(sample, found.ledger, {name: table.to_pylist() for name, table in found.verdicts.items()})


def test_exactly_the_faulty_rows_are_quarantined_each_under_its_rule(judged: Judged) -> None:
    assert {
        table: {number: (row["column"], row["rule"]) for number, row in rows}
        for table, rows in judged.rows("quarantined").items()
    } == judged.sample.rejections


def test_exactly_the_repeated_rows_are_duplicates_of_the_row_that_is_kept(judged: Judged) -> None:
    assert {
        table: {number: row["repeats_row_no"] - 1 for number, row in rows}
        for table, rows in judged.rows("duplicate").items()
    } == judged.sample.duplicates


def test_exactly_the_untidy_numbers_and_implausible_years_are_told(judged: Judged) -> None:
    assert {
        table: {number: {(row["column"], row["rule"])} for number, row in rows}
        for table, rows in judged.rows("repaired", "nulled", "flagged").items()
    } == judged.sample.findings


def test_the_ledger_agrees_with_the_answer_key(judged: Judged) -> None:
    assert all(balance.balances for balance in judged.ledger.values())
    counts = ("read", "silver", "quarantined", "duplicate", "skipped")
    found = {table: {name: getattr(balance, name) for name in counts} for table, balance in judged.ledger.items()}
    assert found == judged.sample.ledger


def test_every_row_is_judged_once(judged: Judged) -> None:
    rejected = [[number for number, _ in rows] for rows in judged.rows(*REJECTING).values()]
    assert all(len(set(numbers)) == len(numbers) for numbers in rejected)
