"""The rules find every fault that a generator puts in, under its own name, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from devkit.samples import appointments, ecommerce, hiring
from shared.datasets.catalogue import load_dataset
from shared.domain.verdicts import REJECTING
from shared.frames.engine import get_engine
from shared.medallion.bronze import SourceFile
from tests.laws import assert_every_row_is_in_one_place
from tests.outcome import Outcome, outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from devkit.samples.answer_key import AnswerKey

#: Dataset, rows, seed, share of faulty ones: as files usually are, where faults meet in the same rows, and without any.
SAMPLES = (
    *(("ecommerce", 1_000, 1, 0.05), ("ecommerce", 600, 2, 0.5), ("ecommerce", 200, 3, 0.0)),
    *(("hiring", 1_500, 1, 0.05), ("hiring", 800, 2, 0.5), ("hiring", 300, 3, 0.0)),
    *(("appointments", 1_500, 1, 0.05), ("appointments", 800, 2, 0.5), ("appointments", 300, 3, 0.0)),
)
#: Rows above the first in the files of tables that have a header.
HEADED = {"departments": 1, "jobs": 1, "doctors": 1, "appointments": 1}


@dataclass(frozen=True)
class Judged:
    """A sample of a dataset and what the rules made of it."""

    dataset: str
    sample: AnswerKey
    result: Outcome
    verdicts: dict[str, list[dict[str, Any]]]

    def rows(self, outcomes: Iterable[str]) -> dict[str, list[tuple[int, dict[str, Any]]]]:
        """Return the verdicts of some outcomes by table, each with the number of its row from 1."""
        wanted = set(outcomes)
        return {
            table: [(row["_row_no"] - HEADED.get(table, 0), row) for row in rows if row["outcome"] in wanted]
            for table, rows in self.verdicts.items()
        }


@pytest.fixture(scope="module", params=SAMPLES, ids=lambda case: "{}-{}-rows-seed-{}-faults-{}".format(*case))
def judged(request: pytest.FixtureRequest) -> Judged:
    dataset, *case = request.param
    sample, files = MADE[dataset](*case)
    result = outcome(dataset, get_engine("pyarrow"), *files)
    return Judged(dataset, sample, result, {name: table.to_pylist() for name, table in result.verdicts.items()})


def of_ecommerce(*case: Any) -> tuple[AnswerKey, list[SourceFile]]:
    sample = ecommerce.generate(*case)
    return sample, [SourceFile("orders.json", msgspec.json.encode(sample.records))]


def of_hiring(*case: Any) -> tuple[AnswerKey, list[SourceFile]]:
    sample = hiring.generate(*case)
    return sample, [SourceFile(f"{table}.csv", content, table) for table, content in sample.files().items()]


def of_appointments(*case: Any) -> tuple[AnswerKey, list[SourceFile]]:
    sample = appointments.generate(*case)
    return sample, [SourceFile(f"{table}.xlsx", content, table) for table, content in sample.files().items()]


MADE = {"ecommerce": of_ecommerce, "hiring": of_hiring, "appointments": of_appointments}


def test_exactly_the_faulty_rows_are_quarantined_each_under_its_first_rule(judged: Judged) -> None:
    assert {
        table: {number: (row["column"], row["rule"]) for number, row in rows}
        for table, rows in judged.rows(["quarantined"]).items()
    } == judged.sample.rejections


def test_exactly_the_repeated_rows_are_duplicates_of_the_row_that_is_kept(judged: Judged) -> None:
    assert {
        table: {number: row["repeats_row_no"] - HEADED.get(table, 0) for number, row in rows}
        for table, rows in judged.rows(["duplicate"]).items()
    } == judged.sample.duplicates


def test_exactly_the_questionable_cells_of_rows_are_told(judged: Judged) -> None:
    found: dict[str, dict[int, set[tuple[str, str]]]] = {table: {} for table in judged.verdicts}
    for table, rows in judged.rows(["repaired", "nulled", "flagged"]).items():
        for number, row in rows:
            found[table].setdefault(number, set()).add((row["column"], row["rule"]))
    assert found == judged.sample.findings


def test_every_row_is_in_one_place_and_the_ledger_agrees_with_the_answer_key(judged: Judged) -> None:
    assert_every_row_is_in_one_place(judged.result)
    counts = ("read", "silver", "quarantined", "duplicate", "skipped")
    found = {table: {name: getattr(one, name) for name in counts} for table, one in judged.result.ledger.items()}
    assert found == judged.sample.ledger


def test_all_that_is_wrong_with_a_rejected_row_is_told_at_once(judged: Judged) -> None:
    told = {
        (table, number): {f"{row['column']}:{row['rule']}", *str(row["also"] or "").split(",")}
        for table, rows in judged.rows(REJECTING).items()
        for number, row in rows
    }
    named = {
        (table.name, sent): name
        for table in load_dataset(judged.dataset).contract.tables
        for name, column in table.columns.items()
        for sent in (name, *column.names)
    }
    not_of_the_row_alone = {"duplicate", "reference", "normalise", "differs", None}
    told_of_rows_that_stay = {"integer_text", "plausible_years"}
    untold = [
        fault
        for fault in judged.sample.faults
        if fault.rule not in not_of_the_row_alone | told_of_rows_that_stay
        and f"{named.get((fault.table, fault.column), fault.column)}:{fault.rule}"
        not in told[fault.table, fault.record_no]
    ]
    assert untold == []
