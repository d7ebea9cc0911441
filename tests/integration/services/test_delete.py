from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from devkit.samples.ecommerce import generate
from shared.domain.job import JobState
from shared.errors import ConflictError, GoneError, NotFoundError
from shared.ports import Selection
from tests.integration.services.conftest import NO_GOOD_ROW, message_of
from tests.integration.services.test_process import TABLES, gold_of

if TYPE_CHECKING:
    from shared.domain.deletion import Deletion
    from tests.integration.services.conftest import Bench

AGGREGATES = {"dw_time", "dw_user_metrics", "dw_category_metrics"}


def clean(seed: int) -> bytes:
    return json.dumps(generate(5, seed=seed, fault_rate=0).records).encode()


def tombstone(bench: Bench, job_id: str) -> Deletion:
    job = bench.app.jobs.get(job_id).job
    assert (job.state, job.problem) == (JobState.DELETED, None)
    assert job.deletion is not None
    return job.deletion


def jobs_in_the_warehouse(bench: Bench) -> set[str]:
    rows = [row for table in TABLES for row in bench.app.explore.read(table, Selection(limit=100_000)).to_pylist()]
    return {row["_job_id"] for row in rows}


def assert_only_receipt_and_bronze_are_left(bench: Bench, job_id: str) -> None:
    manifests = bench.app.settings.manifests_container
    receipt, note = f"{manifests}/{job_id}/receipt.json", f"{manifests}/departures/{job_id}"
    assert bench.paths("silver", "gold", "manifests") - {note} == {receipt}
    assert len(bench.paths("bronze")) == 1


def test_a_deleted_job_leaves_a_tombstone_that_says_who_and_how_much(bench: Bench, records: bytes) -> None:
    view = bench.run(records)
    settings = bench.app.settings
    files = {
        settings.silver_container: len(bench.paths("silver")),
        settings.gold_container: len(bench.paths("gold")),
        settings.manifests_container: len(bench.paths("manifests")) - len(["receipt.json"]),
    }
    bench.app.delete(view.job.job_id, "ann")
    stone = tombstone(bench, view.job.job_id)
    assert (stone.by, stone.bronze, stone.files) == ("ann", False, files)
    assert stone.rows == {table: rows for table, rows in view.gold_rows.items() if table not in AGGREGATES}
    assert_only_receipt_and_bronze_are_left(bench, view.job.job_id)
    assert gold_of(bench) == {table: [] for table in TABLES}


def test_a_deleted_job_stays_readable_but_its_rejects_are_gone(bench: Bench, records: bytes) -> None:
    before = bench.run(records)
    bench.app.delete(before.job.job_id, "ann")
    view = bench.app.jobs.get(before.job.job_id)
    assert (view.ledger, view.gold_rows, view.files) == ({}, {}, before.files)
    assert view.timeline[: len(before.timeline)] == before.timeline
    told = [(event.state, event.note) for event in view.timeline[len(before.timeline) :]]
    assert told == [("deleting", "ann asked to delete it."), ("deleted", "Deleted by ann.")]
    with pytest.raises(GoneError):
        bench.app.jobs.rejects(before.job.job_id)


def test_deleting_twice_gives_the_same_tombstone(bench: Bench, records: bytes) -> None:
    job = bench.run(records).job
    first = bench.app.delete(job.job_id, "ann")
    assert bench.app.delete(job.job_id, "eve") == first == bench.app.jobs.get(job.job_id).job


def test_the_files_as_sent_go_only_when_asked_for_at_once_or_later(bench: Bench) -> None:
    at_once, later_on = bench.run(clean(1)).job, bench.run(clean(2)).job
    bronze = bench.app.settings.bronze_container
    assert bench.app.delete(at_once.job_id, "ann", bronze=True).deletion.files[bronze] == 1  # type: ignore[union-attr]
    first = bench.app.delete(later_on.job_id, "ann").deletion
    assert first is not None
    assert len(bench.paths("bronze")) == 1
    bench.app.delete(later_on.job_id, "eve", bronze=True)
    stone = tombstone(bench, later_on.job_id)
    assert (stone.by, stone.bronze, stone.rows, stone.files) == ("ann", True, first.rows, {**first.files, bronze: 1})
    assert bench.paths("bronze") == set()


def test_aggregates_are_recomputed_from_what_other_jobs_brought(bench: Bench) -> None:
    bench.run(clean(1))
    expected = gold_of(bench)
    job = bench.run(clean(2)).job
    assert gold_of(bench) != expected
    bench.app.delete(job.job_id, "ann")
    assert gold_of(bench) == expected
    assert job.job_id not in jobs_in_the_warehouse(bench)
    (row, *_) = bench.app.explore.read("dw_user_metrics", Selection()).to_pylist()
    assert (row["_job_id"], row["_user_id"]) == (None, "ann")


def test_rows_that_a_later_job_took_over_stay(bench: Bench, records: bytes) -> None:
    first = bench.run(records).job
    second = bench.run(records, as_of=None).job
    expected = gold_of(bench)
    assert bench.app.delete(first.job_id, "ann").deletion.rows == {}  # type: ignore[union-attr]
    assert gold_of(bench) == expected
    assert jobs_in_the_warehouse(bench) == {second.job_id}


def test_a_superseded_job_is_deleted_and_its_successor_stays(bench: Bench, records: bytes) -> None:
    first = bench.run(records).job
    forced = bench.run(records, force=True).job
    expected = gold_of(bench)
    bench.app.delete(first.job_id, "ann")
    assert tombstone(bench, first.job_id).rows == {}
    assert gold_of(bench) == expected
    assert bench.receive(records).job.job_id == forced.job_id


@pytest.mark.parametrize("forced", [False, True])
def test_the_same_content_again_makes_a_new_job(bench: Bench, records: bytes, *, forced: bool) -> None:
    first = bench.run(records, force=False).job
    last = bench.run(records, force=True).job if forced else first
    expected = gold_of(bench)
    bench.app.delete(last.job_id, "ann")
    again = bench.run(records)
    assert again.job.job_id not in {first.job_id, last.job_id}
    assert (again.job.state, again.job.supersedes) == (JobState.SUCCEEDED_WITH_REJECTS, None)
    assert gold_of(bench) == expected


def test_a_job_whose_forced_successor_failed_and_was_deleted_holds_its_content_again(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = bench.run(records).job
    forced = bench.receive(records, force=True).job
    bench.app.stop(forced.job_id, "ann")
    bench.app.delete(forced.job_id, "ann")
    assert bench.receive(records).job.job_id == first.job_id


@pytest.mark.parametrize("ended_by", ["failure", "stop"])
def test_a_job_that_brought_nothing_is_deleted_too(bench: Bench, ended_by: str) -> None:
    if ended_by == "failure":
        job = bench.run(NO_GOOD_ROW).job
    else:
        job = bench.app.stop(bench.receive(NO_GOOD_ROW).job.job_id, "ann")
    bench.app.delete(job.job_id, "ann")
    assert tombstone(bench, job.job_id).rows == {}
    assert_only_receipt_and_bronze_are_left(bench, job.job_id)


def test_a_job_that_has_not_ended_is_not_deleted(bench: Bench, records: bytes) -> None:
    job = bench.receive(records).job
    with pytest.raises(ConflictError) as refusal:
        bench.app.delete(job.job_id, "ann")
    assert (refusal.value.code, "Stop it first" in refusal.value.advice) == ("not_deletable", True)
    with pytest.raises(NotFoundError):
        bench.app.delete("unknown", "ann")


def test_a_deleted_job_is_neither_stopped_nor_taken_up_nor_processed(bench: Bench, records: bytes) -> None:
    job = bench.run(records).job
    bench.app.delete(job.job_id, "ann")
    deleted = bench.app.jobs.get(job.job_id)
    with pytest.raises(ConflictError, match="it was deleted; upload the same files again"):
        bench.app.retry(job.job_id)
    with pytest.raises(ConflictError, match="has ended already: it is deleted"):
        bench.app.stop(job.job_id, "ann")
    bench.app.process(message_of(job))
    bench.app.bury(message_of(job), "The message failed too often.")
    assert bench.app.jobs.get(job.job_id) == deleted
