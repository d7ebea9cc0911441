from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from shared.domain.verdicts import Outcome
from shared.errors import InvalidRequestError, NotFoundError
from shared.ports import Condition, JobFilter, Selection

if TYPE_CHECKING:
    from pathlib import Path

    from devkit.azurite.server import Azurite
    from devkit.samples.ecommerce import Sample
    from tests.integration.services.conftest import Bench as BenchType


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("asked")


@pytest.fixture(scope="module")
def bench(azurite: Azurite, folder: Path, records: bytes) -> BenchType:
    """One bench for all questions, with one job done."""
    from tests.integration.services.conftest import Bench

    bench = Bench(azurite, folder)
    bench.run(records, job_name="The only one")
    return bench


@pytest.fixture(scope="module")
def job_id(bench: BenchType) -> str:
    return bench.app.jobs.find(JobFilter(), 1)[0][0].job.job_id


def test_a_listed_job_is_as_complete_as_a_single_one(bench: BenchType, job_id: str) -> None:
    views, following = bench.app.jobs.find(JobFilter(name="only"), 10)
    assert views == [bench.app.jobs.get(job_id)]
    assert following is None
    assert views[0].ledger
    assert views[0].timeline


def test_an_unknown_job_is_not_found(bench: BenchType) -> None:
    for asking in (bench.app.jobs.get, bench.app.jobs.rejects):
        with pytest.raises(NotFoundError) as unknown:
            asking("unknown")
        assert unknown.value.code == "unknown_job"


def test_every_rejected_row_is_told_once_with_its_first_rule(bench: BenchType, job_id: str, sample: Sample) -> None:
    rejects = bench.app.jobs.rejects(job_id, outcome=Outcome.QUARANTINED)
    told = {(reject.table, reject.row, reject.column, reject.rule) for reject in rejects}
    assert len(told) == len(rejects)
    assert told == {
        (table, row, rejection.column, rejection.rule)
        for table, rows in sample.rejections.items()
        for row, rejection in rows.items()
    }


def test_a_duplicate_names_the_row_it_repeats(bench: BenchType, job_id: str, sample: Sample) -> None:
    rejects = bench.app.jobs.rejects(job_id, outcome=Outcome.DUPLICATE)
    assert {(reject.table, reject.row, reject.repeats and reject.repeats["row"]) for reject in rejects} == {
        (table, row, kept) for table, rows in sample.duplicates.items() for row, kept in rows.items()
    }
    assert rejects
    assert all(reject.repeats and reject.repeats["file"] == "part-0.json" for reject in rejects)


def test_without_an_outcome_all_rejected_rows_are_told(bench: BenchType, job_id: str, sample: Sample) -> None:
    expected = sum(len(rows) for kind in (sample.rejections, sample.duplicates) for rows in kind.values())
    assert len(bench.app.jobs.rejects(job_id)) == expected


def test_a_reject_is_told_in_plain_words(bench: BenchType, job_id: str) -> None:
    reject = bench.app.jobs.rejects(job_id, rule="required")[0]
    assert reject.title == "Missing value"
    assert reject.label
    assert reject.message == f"{reject.label} is missing."
    assert reject.how_to_fix == "Fill in the value."
    assert f"{reject.column}:{reject.rule}" not in reject.also_failed


def test_rejects_are_narrowed_and_paged(bench: BenchType, job_id: str) -> None:
    everything = bench.app.jobs.rejects(job_id)
    users = bench.app.jobs.rejects(job_id, table="user")
    assert users == [reject for reject in everything if reject.table == "user"]
    missing = bench.app.jobs.rejects(job_id, "user", "required")
    assert missing == [reject for reject in users if reject.rule == "required"]
    pages = [bench.app.jobs.rejects(job_id, limit=7, offset=start) for start in range(0, len(everything) + 7, 7)]
    assert [reject for page in pages for reject in page] == everything
    assert bench.app.jobs.rejects(job_id, limit=0) == []


def test_findings_on_rows_that_stay_are_told_when_asked_for(bench: BenchType, job_id: str, sample: Sample) -> None:
    told = bench.app.jobs.rejects(job_id, outcome=Outcome.NULLED) + bench.app.jobs.rejects(
        job_id, outcome=Outcome.FLAGGED
    )
    told += bench.app.jobs.rejects(job_id, outcome=Outcome.REPAIRED)
    assert {(reject.table, reject.row, (reject.column, reject.rule)) for reject in told} == {
        (table, row, found) for table, rows in sample.findings.items() for row, pairs in rows.items() for found in pairs
    }


def test_rejects_of_a_table_the_dataset_does_not_have_are_not_found(bench: BenchType, job_id: str) -> None:
    with pytest.raises(NotFoundError) as unknown:
        bench.app.jobs.rejects(job_id, table="nothing")
    assert unknown.value.code == "unknown_table"


def test_tables_and_the_view_are_listed_with_rows_and_columns(bench: BenchType, job_id: str) -> None:
    tables = {table.name: table for table in bench.app.explore.tables()}
    gold_rows = bench.app.jobs.get(job_id).gold_rows
    assert {name: table.rows for name, table in tables.items() if table.kind == "table"} == gold_rows
    assert tables["dw_ecommerce_gold"].rows == gold_rows["dw_orders"]
    assert ("amount", "DECIMAL(18,2)") in tables["dw_orders"].columns
    assert {"_job_id", "_user_id", "_loaded_at"} <= {name for name, _ in tables["dw_orders"].columns}


def test_rows_are_read_by_column_and_condition(bench: BenchType) -> None:
    read = bench.app.explore.read(
        "dw_orders",
        Selection(
            columns=["order_item_id", "amount"],
            conditions=[Condition("amount", ">", "0")],
            order_by=["-amount"],
        ),
    )
    amounts = read["amount"].to_pylist()
    assert read.column_names == ["order_item_id", "amount"]
    assert amounts == sorted(amounts, reverse=True)


def test_the_business_queries_answer(bench: BenchType) -> None:
    queries = bench.app.explore.queries()
    assert {query.name for query in queries if query.dataset == "ecommerce"} == {
        "best_customers_by_segment",
        "revenue_by_category",
    }
    rows = bench.app.explore.run("revenue_by_category", {"limit": "2"}).to_pylist()
    assert len(rows) == 2
    assert rows[0]["revenue"] >= rows[1]["revenue"] > Decimal(0)
    assert bench.app.explore.run("best_customers_by_segment", {}).num_rows > 0


def test_a_query_takes_only_its_own_parameters_in_their_type(bench: BenchType) -> None:
    with pytest.raises(NotFoundError) as unknown:
        bench.app.explore.run("nothing", {})
    assert unknown.value.code == "unknown_query"
    with pytest.raises(InvalidRequestError, match="no parameter 'most'"):
        bench.app.explore.run("revenue_by_category", {"most": "1"})
    with pytest.raises(InvalidRequestError, match="should be a whole number from 0 to 100,000"):
        bench.app.explore.run("revenue_by_category", {"limit": "many"})


def test_a_healthy_system_says_so(bench: BenchType) -> None:
    assert all(check.ok for check in bench.app.health().values())
