"""The rules find every fault that the generator puts in, under its own name, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

import pytest

from devkit.samples.ecommerce import Sample, generate
from devkit.samples.ecommerce.generate import AS_OF
from shared.datasets.catalogue import load_dataset
from shared.domain.ledger import unbalanced
from shared.domain.verdicts import REJECTING
from shared.frames.engine import get_engine
from shared.medallion import bronze, silver
from shared.medallion.context import RunContext

if TYPE_CHECKING:
    from pathlib import Path

    from shared.medallion.silver import SilverResult

#: Records, seed, share of faulty objects: one as files usually are, one where faults meet in the same rows.
SAMPLES = ((1_500, 1, 0.05), (1_000, 2, 0.3), (600, 3, 0.6), (300, 4, 0.0))


@dataclass(frozen=True)
class Judged:
    """A sample and what the rules made of it."""

    sample: Sample
    result: SilverResult
    verdicts: dict[str, list[dict[str, object]]]


@pytest.fixture(scope="module", params=SAMPLES, ids=lambda case: f"{case[0]}-records-seed-{case[1]}-faults-{case[2]}")
def judged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    records, seed, fault_rate = request.param
    sample = generate(records, seed, fault_rate)
    path: Path = tmp_path_factory.mktemp("samples") / "sample.json"
    sample.write_json(path)
    contract, engine = load_dataset("ecommerce").contract, get_engine("pyarrow")
    as_of = AS_OF.replace(tzinfo=UTC)
    context = RunContext("job", "run", "tester", as_of=as_of, loaded_at=as_of, token_key=b"key")
    tables = bronze.read(contract, [bronze.SourceFile(path.name, path.read_bytes())])
    frames = {name: engine.from_arrow(table) for name, table in tables.items()}
    result = silver.refine(contract, frames, [path.name], context, engine)
    return Judged(sample, result, {name: engine.to_arrow(frame).to_pylist() for name, frame in result.verdicts.items()})


def test_exactly_the_faulty_rows_are_quarantined_each_under_its_first_rule(judged: Judged) -> None:
    found = {
        table: {row["_row_no"]: (row["column"], row["rule"]) for row in rows if row["outcome"] == "quarantined"}
        for table, rows in judged.verdicts.items()
    }
    assert found == judged.sample.rejections


def test_exactly_the_repeated_rows_are_duplicates_of_the_row_that_is_kept(judged: Judged) -> None:
    found = {
        table: {row["_row_no"]: row["repeats_row_no"] for row in rows if row["outcome"] == "duplicate"}
        for table, rows in judged.verdicts.items()
    }
    assert found == judged.sample.duplicates


def test_exactly_the_questionable_cells_of_rows_that_stay_are_reported(judged: Judged) -> None:
    found: dict[str, dict[int, set[tuple[object, object]]]] = {table: {} for table in judged.verdicts}
    for table, rows in judged.verdicts.items():
        for row in rows:
            if row["outcome"] not in REJECTING:
                found[table].setdefault(int(str(row["_row_no"])), set()).add((row["column"], row["rule"]))
    assert found == judged.sample.findings


def test_no_row_is_judged_twice(judged: Judged) -> None:
    for rows in judged.verdicts.values():
        rejected = [row["_row_no"] for row in rows if row["outcome"] in REJECTING]
        assert len(rejected) == len(set(rejected))


def test_the_ledger_balances_and_agrees_with_the_answer_key(judged: Judged) -> None:
    ledger = judged.result.ledger
    assert unbalanced(ledger) == []
    assert {table: balance.read for table, balance in ledger.items()} == judged.sample.read
    assert {table: balance.silver for table, balance in ledger.items()} == judged.sample.accepted


def test_all_that_is_wrong_with_a_rejected_row_is_told_at_once(judged: Judged) -> None:
    told = {
        (table, row["_row_no"]): {f"{row['column']}:{row['rule']}", *str(row["also"] or "").split(",")}
        for table, rows in judged.verdicts.items()
        for row in rows
        if row["outcome"] in REJECTING
    }
    not_of_the_row_alone = {"duplicate", "reference", "normalise", "differs", None}
    faults = [fault for fault in judged.sample.faults if fault.rule not in not_of_the_row_alone]
    untold = [fault for fault in faults if f"{fault.column}:{fault.rule}" not in told[fault.table, fault.record_no]]
    assert untold == []
