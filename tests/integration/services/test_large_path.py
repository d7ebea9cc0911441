from __future__ import annotations

import time
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from shared.domain.job import JobState
from shared.domain.routing import LARGE_QUEUE
from shared.errors import AppError
from shared.services.large.report_step import Step
from tests.integration.services.conftest import Bench, held_by_another_process, right_after
from tests.integration.services.hires import DEPARTMENTS, JOBS
from tests.integration.services.large_path import Notebooks, claim, claim_one, conclude, report, run_notebooks

if TYPE_CHECKING:
    from collections.abc import Callable

TABLES = ("dw_users", "dw_orders", "dw_user_metrics")
HIRE = b"1,Ann,2021-01-01T00:00:00Z,1,1\n"


def test_a_large_job_ends_as_a_small_one_of_the_same_files_does(
    large: Bench, make_bench: Callable[..., Bench], records: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    job = large.receive(records).job
    claimed = claim_one(large)
    run_notebooks(large.app, claimed)
    conclude(large, claimed)
    view = large.app.jobs.get(job.job_id)
    small = make_bench(warehouse_url=f"duckdb:///{tmp_path_factory.mktemp('small')}/w.duckdb")
    expected = small.run(records)
    assert (view.job.state, view.ledger, view.gold_rows) == (expected.job.state, expected.ledger, expected.gold_rows)
    assert {table: large.rows(table) for table in TABLES} == {table: small.rows(table) for table in TABLES}
    assert large.app.jobs.rejects(job.job_id) == small.app.jobs.rejects(expected.job.job_id)
    assert large.app.jobs.quality(job.job_id) == small.app.jobs.quality(expected.job.job_id)
    answers = large.app.answers.of(view.job), small.app.answers.of(expected.job)
    assert [each.rows for each in answers[0]] == [each.rows for each in answers[1]]
    states = [event.state for event in view.timeline]
    assert states == ["received", "routed", "routed", "routed", "silver", "gold", "published", view.job.state]
    assert claimed.claim.run_id in (view.timeline[4].note or "")
    assert "rows are good" in (view.timeline[4].note or "")
    assert view.timeline[4].ms == 1500
    assert large.paths("staging") == set()
    assert large.messages(LARGE_QUEUE) == []


def test_the_notebooks_are_told_where_everything_lies(large: Bench, records: bytes) -> None:
    large.receive(records)
    claimed = claim_one(large)
    job, run, layout = claimed.job, claimed.claim.run_id, large.app._layout
    account = large.app._account.blobs.account_name
    for container in (layout.silver, layout.gold):
        assert large.app._account.blobs.get_container_client(container).exists(), "a notebook cannot make it"
    places = {
        "inputUri": (layout.staging, f"{job.job_id}/"),
        "workUri": (layout.staging, f"{job.job_id}/{run}/"),
        "silverUri": layout.cleaned(job, run),
        "quarantineUri": layout.quarantine(job, run),
        "goldUri": layout.analytics(job, run),
        "manifestUri": (layout.manifests, f"{job.job_id}/{run}/"),
    }
    assert claimed.addresses == {
        name: f"abfss://{container}@{account}.dfs.core.windows.net/{path}" for name, (container, path) in places.items()
    }


def test_keys_in_the_warehouse_are_laid_out_for_the_notebooks(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench()
    bench.messages(LARGE_QUEUE)
    bench.run(DEPARTMENTS, JOBS, dataset="hiring", names=("departments.csv", "jobs.csv"))
    large = bench.another_app(small_batch_threshold=0)
    bench.receive(HIRE, app=large, dataset="hiring", names=("hired_employees.csv",))
    claimed = claim_one(bench)
    keys = pq.read_table(BytesIO(bench.app.blobs.get(*bench.app._layout.reference(claimed.job.job_id, "departments"))))
    assert keys.column_names == ["id"]
    assert sorted(keys["id"].to_pylist()) == sorted(row["id"] for row in bench.rows("departments"))


def test_while_the_warehouse_does_not_answer_a_job_that_needs_its_keys_waits_and_comes_back(large: Bench) -> None:
    job = large.receive(HIRE, dataset="hiring", names=("hired_employees.csv",)).job
    with held_by_another_process(large.warehouse_file):
        assert claim(large) == []
    assert large.app.jobs.get(job.job_id).job.problem is not None
    assert large.app.sweep().waiting == 1
    assert large.app.sweep().waiting == 0, "it waits in its queue now"
    assert claim_one(large).job.job_id == job.job_id


def test_completing_twice_and_releasing_afterwards_change_nothing(large: Bench, records: bytes) -> None:
    job = large.receive(records).job
    claimed = claim_one(large)
    run_notebooks(large.app, claimed)
    conclude(large, claimed)
    before = large.app.jobs.get(job.job_id)
    rows = {table: large.rows(table) for table in TABLES}
    conclude(large, claimed)
    report(large.app, claimed, *Step)
    large.app.release(job.job_id, claimed.claim.run_id, "PublishGold", "pipeline-1")
    assert large.app.jobs.get(job.job_id) == before
    assert {table: large.rows(table) for table in TABLES} == rows
    assert claim(large) == []


def test_completing_alone_accepts_publishes_and_ends_a_job(large: Bench, records: bytes) -> None:
    large.receive(records)
    claimed = claim_one(large)
    notebooks = Notebooks(large.app, claimed)
    notebooks.bronze_to_silver()
    notebooks.silver_to_gold()
    conclude(large, claimed)


def test_a_job_whose_runner_dies_after_gold_is_published_by_the_sweep(large: Bench, records: bytes) -> None:
    job = large.receive(records).job
    claimed = claim_one(large)
    run_notebooks(large.app, claimed)
    large.app.release(job.job_id, claimed.claim.run_id, "PublishGold", "pipeline-1")
    assert large.app.jobs.get(job.job_id).job.state is JobState.GOLD
    assert large.later(11).sweep().stalled == 1
    large.work()
    assert large.app.jobs.get(job.job_id).job.has_succeeded


def test_a_job_whose_manifest_was_written_before_all_died_is_only_published(
    large: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = large.receive(records).job
    app = large.another_app(claim_seconds=1)
    (claimed,) = app.claim_jobs("dies", 1)
    notebooks = Notebooks(app, claimed)
    notebooks.bronze_to_silver()
    notebooks.silver_to_gold()

    def die() -> None:
        raise KeyboardInterrupt

    right_after(monkeypatch, type(large.app._records), "claim_manifest", die)
    with pytest.raises(KeyboardInterrupt):
        report(app, claimed, Step.GOLD)
    time.sleep(1.2)
    assert claim(large) == []
    large.work()
    assert large.app.jobs.get(job.job_id).job.has_succeeded


def test_a_job_that_waits_for_the_warehouse_says_so_to_the_pipeline(large: Bench, records: bytes) -> None:
    job = large.receive(records).job
    claimed = claim_one(large)
    run_notebooks(large.app, claimed)
    app = large.another_app(warehouse_url="nothing://")
    app.conclude(job.job_id, claimed.claim.run_id)
    large.work(app)
    with pytest.raises(AppError) as waiting:
        app.conclude.is_done(job.job_id, claimed.claim.run_id)
    assert (waiting.value.status, waiting.value.code) == (503, "warehouse_refused")
    conclude(large, claimed)


def test_a_job_that_waits_says_when_the_large_path_is_due(large: Bench, records: bytes) -> None:
    view = large.app.jobs.get(large.receive(records).job.job_id)
    now = large.app.clock.now()
    assert view.expected_start is not None
    assert now < view.expected_start <= now + timedelta(hours=10)
    claim_one(large)
    assert large.app.jobs.get(view.job.job_id).expected_start is None
