from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from shared.domain.job import JobState
from shared.errors import ConflictError, UnavailableError
from shared.medallion import gold
from shared.services.journal import Journal
from shared.services.leftovers import Leftovers
from tests.chaos.fuse import Died, Fuse, arm, die
from tests.integration.services.conftest import NO_GOOD_ROW, held_by_another_process, message_of, right_after
from tests.integration.services.test_delete import (
    AGGREGATES,
    assert_only_receipt_and_bronze_are_left,
    clean,
    jobs_in_the_warehouse,
    tombstone,
)
from tests.integration.services.test_process import TABLES

if TYPE_CHECKING:
    from shared.domain.job import Job
    from tests.integration.services.conftest import Bench


def test_a_job_taken_up_again_at_the_same_moment_is_not_deleted(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    job = bench.run(NO_GOOD_ROW).job
    other = bench.another_app()
    right_after(monkeypatch, Leftovers, "count", lambda: other.retry(job.job_id))
    with pytest.raises(ConflictError, match="has not ended"):
        bench.app.delete(job.job_id, "ann")


def test_two_that_delete_at_once_agree(bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    job = bench.run(records).job
    other = bench.another_app()
    right_after(monkeypatch, Leftovers, "erase", lambda: other.delete(job.job_id, "eve"))
    assert bench.app.delete(job.job_id, "ann") == bench.app.jobs.get(job.job_id).job
    assert tombstone(bench, job.job_id).by == "ann"


def test_a_deletion_waits_for_whoever_is_changing_the_job(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    job = bench.run(NO_GOOD_ROW).job
    touch = bench.app.process.journal.touch
    right_after(monkeypatch, Journal, "get", lambda: touch(bench.app.jobs.get(job.job_id).job))
    assert bench.app.delete(job.job_id, "ann").state is JobState.DELETED


def test_a_run_that_outlives_its_job_brings_nothing_back(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bench.receive(records).job
    other = bench.another_app()

    def stopped_by_a_second_message_and_deleted() -> None:
        other.stop(job.job_id, "ann")
        other.process(message_of(job))
        other.delete(job.job_id, "ann")

    # The run goes on to write its outputs and even a manifest, before it finds out.
    right_after(monkeypatch, gold, "build", stopped_by_a_second_message_and_deleted)
    bench.app.process(message_of(job))
    assert tombstone(bench, job.job_id).rows == {}
    assert_only_receipt_and_bronze_are_left(bench, job.job_id)
    assert bench.app.explore.tables() == []


def test_a_run_that_is_about_to_load_when_its_job_is_deleted_is_refused_by_the_warehouse(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bench.receive(records).job
    other = bench.another_app()

    def given_up_on_and_deleted() -> None:
        other.bury(message_of(job), "The message failed too often.")
        other.delete(job.job_id, "ann")

    right_after(monkeypatch, gold, "aggregate_tables", given_up_on_and_deleted)
    bench.app.process(message_of(job))
    assert tombstone(bench, job.job_id).rows == {}
    assert_only_receipt_and_bronze_are_left(bench, job.job_id)
    assert bench.app.explore.tables() == []


def test_a_forced_job_that_publishes_while_its_predecessor_is_deleted_leaves_the_tombstone(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = bench.run(records).job
    forced = bench.receive(records, force=True).job
    other = bench.another_app()
    right_after(monkeypatch, gold, "aggregate_tables", lambda: other.delete(first.job_id, "ann"))
    bench.work()
    assert bench.app.jobs.get(forced.job_id).job.state is JobState.SUCCEEDED_WITH_REJECTS
    tombstone(bench, first.job_id)


def test_while_the_warehouse_does_not_answer_a_deletion_waits_for_the_sweep(bench: Bench, records: bytes) -> None:
    job = bench.run(records).job
    bench.app.warehouse._database._drop()  # type: ignore[attr-defined]
    with held_by_another_process(bench.warehouse_file):
        with pytest.raises(UnavailableError):
            bench.app.delete(job.job_id, "ann")
        assert bench.later(11).sweep().stalled == 0
    assert bench.app.jobs.get(job.job_id).job.state is JobState.DELETING
    assert bench.later(9).sweep().stalled == 0
    assert bench.later(11).sweep().stalled == 1
    assert tombstone(bench, job.job_id).by == "ann"
    assert_only_receipt_and_bronze_are_left(bench, job.job_id)


def test_content_of_a_job_that_is_being_deleted_is_free(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bench.run(records).job
    assert delete_and_die(bench, monkeypatch, job, 2)[-1].startswith("before job_store.release_content")
    assert bench.app.jobs.get(job.job_id).job.state is JobState.DELETING
    assert bench.receive(records).created


def test_a_deletion_that_died_at_any_line_is_finished_by_a_repetition_or_the_sweep(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for turn, point in enumerate(points_of_a_deletion(bench, monkeypatch)):
        job = bench.run(clean(point)).job
        before = (len(bench.paths("silver")), len(bench.paths("gold")))
        died = delete_and_die(bench, monkeypatch, job, point)[-1]
        if turn % 2 or bench.app.jobs.get(job.job_id).job.state is JobState.SUCCEEDED:
            bench.app.delete(job.job_id, "ann", bronze=True)
        else:
            bench.later(11).sweep()
        stone, settings = tombstone(bench, job.job_id), bench.app.settings
        assert (stone.files[settings.silver_container], stone.files[settings.gold_container]) == before, died
        assert set(stone.rows) == set(TABLES) - AGGREGATES, died
        assert bench.paths("silver", "gold", "bronze") == set(), died
        assert jobs_in_the_warehouse(bench) == set(), died
        assert bench.app.job_store.content_holders(job.content_key) == (), died
        assert job.job_id in {gone.job_id for gone in bench.app.await_copy(100)}, died


def delete_and_die(bench: Bench, monkeypatch: pytest.MonkeyPatch, job: Job, point: int | None) -> list[str]:
    """Delete a job in a process that dies at a point; returns the points that it passed."""
    dying, fuse = bench.another_app(), Fuse(point, die)
    with monkeypatch.context() as patched:
        arm(dying, fuse, patched.setattr)
        with suppress(Died):
            dying.delete(job.job_id, "ann", bronze=True)
    return fuse.points


def points_of_a_deletion(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The first and the last point of each kind, or every one in the complete run."""
    points = delete_and_die(bench, monkeypatch, bench.run(clean(1_000)).job, None)
    if os.environ.get("STRATA_COMPLETE"):
        return list(range(len(points)))
    kinds: dict[str, list[int]] = {}
    for number, point in enumerate(points):
        kinds.setdefault(re.sub(r"(delete|content|forget) .*", r"\1", point), []).append(number)
    assert len(kinds) == 13
    return sorted({place for places in kinds.values() for place in (places[0], places[-1])})
