from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from shared.domain.job import JobState
from shared.domain.ledger import totals
from shared.domain.message import JobMessage
from shared.errors import UnavailableError
from shared.medallion import silver
from shared.ports import Selection, TableLoad, WarehouseLoad
from shared.services.outputs import to_parquet
from tests.chaos.fuse import Died, Fuse, arm, die
from tests.integration.services.conftest import assert_one_set_of_outputs, message_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from devkit.samples.ecommerce import Sample
    from tests.integration.services.conftest import Bench

TABLES = ("dw_users", "dw_locations", "dw_products", "dw_orders", "dw_time", "dw_user_metrics", "dw_category_metrics")
# Every n-th point in the usual run, all of them in the complete one.
STEP = 1 if os.environ.get("STRATA_COMPLETE") else 7


def gold_of(bench: Bench) -> dict[str, list[dict[str, Any]]]:
    return {table: bench.rows(table) for table in TABLES}


def test_a_small_job_ends_with_ledger_gold_and_one_set_of_outputs(bench: Bench, records: bytes, sample: Sample) -> None:
    view = bench.run(records)
    assert view.job.state is JobState.SUCCEEDED_WITH_REJECTS
    assert {table: counts.silver for table, counts in view.ledger.items()} == sample.accepted
    assert {table: counts.read for table, counts in view.ledger.items()} == sample.read
    assert set(view.gold_rows) == set(TABLES)
    assert view.gold_rows["dw_users"] == sample.accepted["user"] == len(bench.rows("dw_users"))
    assert [event.state for event in view.timeline] == [
        *("received", "routed", "silver", "gold", "published", "succeeded_with_rejects")
    ]
    assert all(event.ms is not None for event in view.timeline)
    assert_one_set_of_outputs(bench, view.job.job_id)


def test_lineage_names_the_job_the_user_and_the_load(bench: Bench, records: bytes) -> None:
    view = bench.run(records)
    for row in bench.app.explore.read("dw_orders", Selection()).to_pylist():
        assert (row["_job_id"], row["_user_id"]) == (view.job.job_id, "admin")
        assert row["_loaded_at"] is not None


def test_a_job_without_rejects_succeeds(bench: Bench) -> None:
    from devkit.samples.ecommerce import generate

    clean = generate(5, seed=1, fault_rate=0).records
    assert bench.run(json.dumps(clean).encode()).job.state is JobState.SUCCEEDED


def test_the_same_rows_give_the_same_parquet_bytes(bench: Bench, records: bytes) -> None:
    view = bench.run(records)
    for file in bench.app.process.records.account(view.job).gold:  # type: ignore[union-attr]
        (table,) = bench.app.process.outputs.read([file]).values()
        assert to_parquet(table) == bench.app.blobs.get(file.container, file.path)


def test_the_manifest_names_inputs_and_outputs_with_their_hashes(bench: Bench, records: bytes) -> None:
    view = bench.run(records)
    manifest = bench.app.process.records.manifest(view.job.job_id)
    assert manifest is not None
    assert manifest.inputs == view.files
    assert manifest.run_id == view.job.run_id
    assert {file.table for file in manifest.silver} == set(view.ledger)
    assert {file.table: file.rows for file in manifest.gold} == view.gold_rows
    for file in (*manifest.silver, *manifest.gold):
        assert len(bench.app.blobs.get(file.container, file.path)) == file.size


def test_the_same_message_twice_changes_nothing(bench: Bench, records: bytes) -> None:
    job = bench.receive(records).job
    (message,) = bench.messages()
    bench.app.process(message)
    first, gold, paths = bench.app.jobs.get(job.job_id), gold_of(bench), bench.paths("silver", "gold", "manifests")
    bench.app.process(message)
    assert bench.app.jobs.get(job.job_id) == first
    assert gold_of(bench) == gold
    assert bench.paths("silver", "gold", "manifests") == paths


def test_messages_at_the_same_time_give_one_set_of_outputs(bench: Bench, records: bytes) -> None:
    job = bench.receive(records).job
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(bench.app.process, [message_of(job)] * 4))
    view = bench.app.jobs.get(job.job_id)
    assert view.job.state is JobState.SUCCEEDED_WITH_REJECTS
    assert len(bench.rows("dw_users")) == view.gold_rows["dw_users"]
    assert_one_set_of_outputs(bench, job.job_id)


def test_a_job_processed_before_its_request_was_answered_is_not_set_back(bench: Bench, records: bytes) -> None:
    class EagerQueue:
        def send(self, _: str, message: JobMessage) -> None:
            bench.app.process(message)

    app = bench.another_app()
    app.__dict__["queue"] = EagerQueue()
    assert bench.receive(records, app=app).job.state is JobState.SUCCEEDED_WITH_REJECTS


def test_messages_of_unknown_jobs_and_earlier_attempts_are_let_go(bench: Bench, records: bytes) -> None:
    bench.app.process(JobMessage("unknown", "unknown", "admin", "ecommerce", 1))
    job = bench.receive(records).job
    bench.app.process(replace(message_of(job), attempt=0))
    assert bench.app.jobs.get(job.job_id).job == job


def test_two_jobs_upsert_and_the_aggregates_cover_both(bench: Bench) -> None:
    from devkit.samples.ecommerce import generate

    parts = [generate(5, seed=seed, fault_rate=0).records for seed in (1, 2)]
    for part in parts:
        bench.run(json.dumps(part).encode())
    assert len(bench.rows("dw_orders")) == 10
    revenue = sum(row["revenue"] for row in bench.rows("dw_user_metrics"))
    assert revenue == sum(row["amount"] for row in bench.rows("dw_orders"))


def test_no_good_row_fails_the_job_but_keeps_ledger_and_reasons(bench: Bench) -> None:
    view = bench.run(b'[{"user": {"id": "u1"}}, {"user": "nobody"}, 7]')
    assert (view.job.state, view.job.problem and view.job.problem.code) == (JobState.FAILED, "no_good_rows")
    assert totals(view.ledger).silver == 0
    assert totals(view.ledger).quarantined > 0
    assert {reject.table for reject in bench.app.jobs.rejects(view.job.job_id)} >= {"user"}
    assert bench.app.explore.tables() == []
    assert_one_set_of_outputs(bench, view.job.job_id)


def test_an_empty_array_fails_as_having_no_row(bench: Bench) -> None:
    problem = bench.run(b"[]").job.problem
    assert problem is not None
    assert problem.code == "no_good_rows"


def test_a_mistake_inside_a_record_fails_the_job_and_keeps_the_bytes(bench: Bench) -> None:
    content = b'[{"user": {"id": 1 "x"}}]'
    view = bench.run(content)
    assert view.job.state is JobState.FAILED
    assert view.job.problem is not None
    assert view.job.problem.code == "malformed_json"
    assert bench.paths("silver", "gold") == set()
    assert bench.app.blobs.get(bench.app.settings.bronze_container, view.files[0].blob) == content


def test_rows_that_do_not_add_up_fail_the_job(bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def losing(*arguments: Any) -> silver.SilverResult:
        result = refine(*arguments)
        result.ledger["user"] = replace(result.ledger["user"], read=10**6)
        return result

    refine = silver.refine
    monkeypatch.setattr(silver, "refine", losing)
    view = bench.run(records)
    assert view.job.problem is not None
    assert (view.job.problem.code, view.job.problem.details) == ("ledger_unbalanced", {"tables": ["user"]})
    assert bench.app.explore.tables() == []


def test_an_unexpected_failure_is_noted_without_its_text_and_raised(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any) -> None:
        raise ZeroDivisionError("jane@example.org")

    monkeypatch.setattr(silver, "refine", failing)
    job = bench.receive(records).job
    with pytest.raises(ZeroDivisionError):
        bench.app.process(message_of(job))
    view = bench.app.jobs.get(job.job_id)
    assert view.job.state is JobState.ROUTED
    assert view.job.problem is not None
    assert view.job.problem.code == "unexpected_error"
    assert "ZeroDivisionError" in view.job.problem.message
    assert "jane" not in repr(view)


def test_a_storage_that_does_not_answer_is_noted_and_raised(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(*_: Any) -> None:
        raise UnavailableError("The blob storage does not answer as it should.", code="storage_unavailable")

    job = bench.receive(records).job
    with monkeypatch.context() as patch:
        patch.setattr(type(bench.app.blobs), "get", unavailable)
        with pytest.raises(UnavailableError):
            bench.app.process(message_of(job))
    problem = bench.another_app().jobs.get(job.job_id).job.problem
    assert problem is not None
    assert problem.code == "storage_unavailable"


def test_gold_that_does_not_fit_the_warehouse_fails_the_job_which_then_only_publishes(
    bench: Bench, records: bytes
) -> None:
    lineage = {"_job_id": ["x"], "_user_id": ["x"], "_loaded_at": [None]}
    other = TableLoad("dw_users", ("user_id",), "upsert", pa.table({"user_id": [1], **lineage}))
    at = datetime(2026, 1, 1, tzinfo=UTC)
    bench.app.warehouse.load(WarehouseLoad("x", "x", "x", at, (other,)))
    view = bench.run(records)
    assert (view.job.state, view.job.problem and view.job.problem.code) == (
        JobState.FAILED,
        "warehouse_schema_conflict",
    )
    assert view.gold_rows["dw_users"] > 0
    assert_one_set_of_outputs(bench, view.job.job_id)
    assert bench.app.retry(view.job.job_id).state is JobState.GOLD


def test_a_try_that_failed_leaves_no_trace_once_another_succeeds(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bench.receive(records).job
    with monkeypatch.context() as broken:
        broken.setattr("shared.medallion.gold.build", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            bench.app.process(message_of(job))
    assert bench.paths("silver")
    bench.work()
    view = bench.app.jobs.get(job.job_id)
    assert (view.job.state, view.job.problem) == (JobState.SUCCEEDED_WITH_REJECTS, None)
    assert_one_set_of_outputs(bench, job.job_id)


def test_force_replaces_the_earlier_job_and_its_rows(bench: Bench, records: bytes) -> None:
    first = bench.run(records)
    gold = gold_of(bench)
    forced = bench.run(records, force=True)
    again = bench.run(records, force=True)
    assert again.job.state is JobState.SUCCEEDED_WITH_REJECTS
    for old, by in ((first, forced), (forced, again)):
        job = bench.app.jobs.get(old.job.job_id).job
        assert (job.state, job.superseded_by) == (JobState.SUPERSEDED, by.job.job_id)
    assert gold_of(bench) == gold
    assert {row["_job_id"] for row in bench.app.explore.read("dw_users", Selection()).to_pylist()} == {again.job.job_id}


def test_a_job_that_comes_late_cannot_bring_back_superseded_rows(bench: Bench, records: bytes) -> None:
    late = bench.receive(records).job
    forced = bench.receive(records, force=True).job
    bench.app.process(message_of(forced))
    # As if the forced job had not yet found the time to end the earlier one.
    superseded = bench.app.job_store.get(late.job_id)
    assert superseded is not None
    bench.app.job_store.save(replace(superseded, state=JobState.ROUTED, superseded_by=None))
    gold = gold_of(bench)
    bench.app.process(message_of(late))
    job = bench.app.jobs.get(late.job_id).job
    assert (job.state, job.superseded_by) == (JobState.SUPERSEDED, forced.job_id)
    assert gold_of(bench) == gold


def test_a_redelivery_after_a_death_at_any_line_leaves_one_set_of_everything(
    make_bench: Callable[..., Bench], records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = make_bench()
    expected_view = reference.run(records)
    expected = gold_of(reference)
    deaths = set()
    for point in count(0, STEP):
        bench = make_bench(warehouse_url=f"duckdb:///{reference.warehouse_file}.{point}")
        job = bench.receive(records).job
        dying, fuse = bench.another_app(), Fuse(point, die)
        with monkeypatch.context() as patched:
            arm(dying, fuse, patched.setattr)
            with suppress(Died):
                dying.process(message_of(job))
        if not fuse.has_blown:
            break
        deaths.add(fuse.points[point])
        bench.work()
        view = bench.app.jobs.get(job.job_id)
        assert view.job.state is expected_view.job.state, fuse.points[point]
        assert (view.ledger, view.gold_rows) == (expected_view.ledger, expected_view.gold_rows), fuse.points[point]
        assert gold_of(bench) == expected, fuse.points[point]
        assert_one_set_of_outputs(bench, job.job_id)
    assert len(deaths) >= 60 / STEP
