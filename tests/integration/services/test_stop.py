from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shared.adapters.warehouses.duckdb import DuckDBWarehouse
from shared.domain.job import JobState
from shared.domain.routing import LARGE_QUEUE
from shared.errors import ConflictError, NotFoundError
from shared.medallion import gold, silver
from shared.services.journal import Journal, Run
from shared.services.records import JobRecords
from tests.integration.services.conftest import (
    assert_one_set_of_outputs,
    held_by_another_process,
    message_of,
    right_after,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.services.conftest import Bench


def states(bench: Bench, job_id: str) -> list[str]:
    return [event.state for event in bench.app.jobs.get(job_id).timeline]


def test_a_job_that_waits_in_the_queue_stops_at_once_and_its_message_does_nothing(bench: Bench, records: bytes) -> None:
    job = bench.receive(records).job
    assert bench.app.stop(job.job_id, "ann").state is JobState.STOPPED
    stopped = bench.app.jobs.get(job.job_id)
    assert stopped.timeline[-1].note == "Stopped by ann."
    bench.work()
    bench.app.bury(message_of(job), "The message failed too often.")
    assert bench.later(30).sweep().stalled == 0
    assert bench.app.jobs.get(job.job_id) == stopped
    assert bench.paths("silver", "gold") == set()


def test_a_large_job_stops_while_it_waits_for_the_large_path(make_bench: Callable[..., Bench], records: bytes) -> None:
    bench = make_bench(small_batch_threshold=1)
    job = bench.receive(records).job
    assert bench.app.stop(job.job_id, "ann").state is JobState.STOPPED
    assert [message.job_id for message in bench.messages(LARGE_QUEUE)] == [job.job_id]


def test_a_job_that_is_stopped_before_it_is_queued_stays_stopped(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = bench.another_app()
    create = app.job_store.create

    def stopped_at_once(*arguments: Any) -> Any:
        job = create(*arguments)
        assert job is not None
        bench.app.stop(job.job_id, "ann")
        return job

    monkeypatch.setattr(app.job_store, "create", stopped_at_once)
    job = bench.receive(records, app=app).job
    assert job.state is JobState.STOPPED
    bench.work()
    assert states(bench, job.job_id) == ["received", "stopped"]


@pytest.mark.parametrize(
    ("owner", "function", "reached"),
    [
        (silver, "refine", ["received", "routed", "routed", "stopped"]),
        (gold, "build", ["received", "routed", "silver", "silver", "stopped"]),
        (JobRecords, "claim_manifest", ["received", "routed", "silver", "silver", "stopped"]),
    ],
)
def test_a_running_job_ends_after_its_present_stage_and_publishes_nothing(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch, owner: Any, function: str, reached: list[str]
) -> None:
    job = bench.receive(records).job
    answers = []
    right_after(monkeypatch, owner, function, lambda: answers.append(bench.another_app().stop(job.job_id, "ann")))
    bench.work()
    assert [(one.is_final, one.stop_requested_by) for one in answers] == [(False, "ann")]
    view = bench.app.jobs.get(job.job_id)
    assert (view.job.state, view.job.stop_requested_by) == (JobState.STOPPED, None)
    assert states(bench, job.job_id) == reached
    assert view.timeline[-2].note == "ann asked to stop it after the present stage."
    assert bench.app.explore.tables() == []
    counts = bench.app.process.records.manifest(job.job_id) is not None
    assert bench.paths("silver", "gold") == (bench.outputs_that_count(job.job_id) if counts else set())


def test_a_job_whose_last_stage_before_publishing_is_done_can_still_be_stopped(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bench.receive(records).job
    record = Run.record

    def stopping_after_gold(self: Run, state: JobState, **named: Any) -> None:
        record(self, state, **named)
        if state is JobState.GOLD:
            bench.another_app().stop(job.job_id, "ann")

    monkeypatch.setattr(Run, "record", stopping_after_gold)
    bench.work()
    assert bench.app.jobs.get(job.job_id).job.state is JobState.STOPPED
    assert bench.app.explore.tables() == []
    assert_one_set_of_outputs(bench, job.job_id)


def test_once_rows_are_on_their_way_it_is_too_late(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bench.receive(records).job
    refusals = []

    def stop_in_vain() -> None:
        with pytest.raises(ConflictError) as refusal:
            bench.another_app().stop(job.job_id, "ann")
        refusals.append(refusal.value)

    right_after(monkeypatch, DuckDBWarehouse, "load", stop_in_vain)
    bench.work()
    assert [(error.code, "is being published" in error.message) for error in refusals] == [("not_stoppable", True)]
    assert bench.app.jobs.get(job.job_id).job.state is JobState.SUCCEEDED_WITH_REJECTS


def test_a_job_whose_process_died_is_ended_by_its_next_message(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bench.receive(records).job
    bench.app.process.journal.touch(job, run_id="run-1-dead")
    assert bench.app.stop(job.job_id, "ann").state is JobState.ROUTED
    assert bench.later(11).sweep().stalled == 1
    bench.work()
    assert bench.app.jobs.get(job.job_id).job.state is JobState.STOPPED


def test_a_poison_message_ends_a_job_that_was_asked_to_stop_as_stopped(bench: Bench, records: bytes) -> None:
    job = bench.receive(records).job
    bench.app.process.journal.touch(job, run_id="run-1-dead")
    bench.app.stop(job.job_id, "ann")
    bench.app.bury(message_of(job), "The message failed too often.")
    view = bench.app.jobs.get(job.job_id)
    assert (view.job.state, view.job.problem) == (JobState.STOPPED, None)


def test_a_run_that_fails_after_a_stop_was_asked_for_ends_as_stopped(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped_and_failing(*_: Any) -> None:
        bench.another_app().stop(job.job_id, "ann")
        raise ZeroDivisionError

    job = bench.receive(records).job
    monkeypatch.setattr(silver, "refine", stopped_and_failing)
    with pytest.raises(ZeroDivisionError):
        bench.app.process(message_of(job))
    bench.app.process(message_of(job))
    assert states(bench, job.job_id) == ["received", "routed", "routed", "stopped"]


def test_a_job_that_waits_for_the_warehouse_stops_at_once_and_publishes_when_taken_up_again(
    bench: Bench, waiting: str
) -> None:
    job = bench.app.stop(waiting, "ann")
    assert (job.state, job.problem) == (JobState.STOPPED, None)
    assert bench.app.sweep().waiting == 0
    assert_one_set_of_outputs(bench, waiting)
    assert bench.app.retry(waiting).state is JobState.GOLD
    bench.work()
    assert bench.app.jobs.get(waiting).job.state is JobState.SUCCEEDED_WITH_REJECTS


def test_a_job_that_may_have_been_loaded_before_it_had_to_wait_is_not_stopped(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    class DiedError(BaseException):
        pass

    def die() -> None:
        raise DiedError

    job = bench.receive(records).job
    right_after(monkeypatch, DuckDBWarehouse, "load", die)
    with pytest.raises(DiedError):
        bench.app.process(message_of(job))
    bench.app.warehouse._database._drop()  # type: ignore[attr-defined]
    with held_by_another_process(bench.warehouse_file):
        bench.app.process(message_of(job))
    assert bench.app.jobs.get(job.job_id).job.waits_for_warehouse
    with pytest.raises(ConflictError, match="is being published"):
        bench.app.stop(job.job_id, "ann")


def test_a_stopped_job_is_taken_up_again_and_succeeds(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bench.receive(records).job
    right_after(monkeypatch, silver, "refine", lambda: bench.another_app().stop(job.job_id, "ann"))
    bench.work()
    again = bench.app.retry(job.job_id)
    assert (again.state, again.attempt, again.as_of) == (JobState.ROUTED, 2, job.as_of)
    bench.work()
    assert bench.app.jobs.get(job.job_id).job.state is JobState.SUCCEEDED_WITH_REJECTS
    assert_one_set_of_outputs(bench, job.job_id)


def test_a_run_that_works_on_through_stop_and_retry_leaves_one_set_of_outputs(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bench.receive(records).job
    other = bench.another_app()

    def stopped_by_a_second_message_and_taken_up_again() -> None:
        other.stop(job.job_id, "ann")
        other.process(message_of(job))
        assert other.jobs.get(job.job_id).job.state is JobState.STOPPED
        other.process(message_of(other.retry(job.job_id)))

    right_after(monkeypatch, silver, "refine", stopped_by_a_second_message_and_taken_up_again)
    bench.app.process(message_of(job))
    assert bench.app.jobs.get(job.job_id).job.state is JobState.SUCCEEDED_WITH_REJECTS
    assert_one_set_of_outputs(bench, job.job_id)


def test_stopping_again_changes_nothing(bench: Bench, records: bytes) -> None:
    job = bench.receive(records).job
    bench.app.process.journal.touch(job, run_id="run-1-busy")
    asked = bench.app.stop(job.job_id, "ann")
    assert bench.app.stop(job.job_id, "eve") == asked
    bench.work()
    stopped = bench.app.jobs.get(job.job_id)
    assert bench.app.stop(job.job_id, "eve") == stopped.job


def test_a_job_that_has_ended_otherwise_is_not_stopped(bench: Bench, records: bytes) -> None:
    job = bench.run(records).job
    with pytest.raises(ConflictError, match="has ended already: it is succeeded_with_rejects"):
        bench.app.stop(job.job_id, "ann")
    with pytest.raises(NotFoundError):
        bench.app.stop("unknown", "ann")


def test_a_stop_waits_for_a_run_that_is_changing_the_job(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bench.receive(records).job
    right_after(
        monkeypatch, Journal, "get", lambda: bench.app.process.journal.touch(bench.app.job_store.get(job.job_id))
    )
    assert bench.app.stop(job.job_id, "ann").state is JobState.STOPPED
