from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from shared.domain.job import JobState
from shared.domain.message import JobMessage
from shared.domain.routing import LARGE_QUEUE
from shared.errors import ConflictError, NotFoundError, UnreadableFileError
from shared.medallion import silver
from shared.services import count as counting
from shared.services.journal import Journal
from shared.services.records import JobRecords
from shared.services.sweep import SweepReport
from tests.integration.services.test_process import assert_one_set_of_outputs, message_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from shared.bootstrap import App
    from shared.domain.job import Job
    from shared.domain.manifest import Manifest
    from tests.integration.services.conftest import Bench

NO_GOOD_ROW = b'[{"user": {"id": "u1"}}]'


@contextmanager
def held_by_another_process(file: Path) -> Iterator[None]:
    program = f"import duckdb, sys; c = duckdb.connect({str(file)!r}); print('open', flush=True); sys.stdin.read()"
    holder = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    holder.stdout.readline()
    try:
        yield
    finally:
        holder.communicate()


def later(bench: Bench, minutes: float) -> App:
    """The app as it will be in some minutes."""

    class LateClock:
        def now(self) -> datetime:
            return datetime.now(UTC) + timedelta(minutes=minutes)

    app = bench.another_app()
    app.__dict__["clock"] = LateClock()
    return app


def fail_by_poison(bench: Bench, monkeypatch: pytest.MonkeyPatch, records: bytes) -> JobMessage:
    def failing(*_: Any) -> None:
        raise ZeroDivisionError

    message = message_of(bench.receive(records).job)
    with monkeypatch.context() as broken:
        broken.setattr(silver, "refine", failing)
        for _ in range(5):
            with pytest.raises(ZeroDivisionError):
                bench.app.process(message)
    bench.app.bury(message, "The message failed too often.")
    bench.messages()
    return message


def test_a_poison_message_fails_its_job_with_the_reason_of_the_last_try(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = fail_by_poison(bench, monkeypatch, records)
    view = bench.app.jobs.get(message.job_id)
    assert view.job.state is JobState.FAILED
    assert view.job.problem is not None
    assert view.job.problem.code == "unexpected_error"
    assert view.timeline[-1].note == "The message failed too often."
    assert bench.paths("silver", "gold") == set()


def test_a_poison_message_without_a_noted_try_fails_its_job_too(bench: Bench, records: bytes) -> None:
    message = message_of(bench.receive(records).job)
    bench.app.bury(message, "The message failed too often.")
    problem = bench.app.jobs.get(message.job_id).job.problem
    assert problem is not None
    assert (problem.code, problem.message) == ("gave_up", "The message failed too often.")


def test_a_poison_message_that_is_out_of_date_changes_nothing(bench: Bench, records: bytes) -> None:
    view = bench.run(records)
    bench.app.bury(message_of(view.job), "The message failed too often.")
    bench.app.bury(JobMessage("unknown", "unknown", "admin", "ecommerce", 1), "The message failed too often.")
    assert bench.app.jobs.get(view.job.job_id) == view


def test_a_failed_job_is_taken_up_again_and_succeeds(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = fail_by_poison(bench, monkeypatch, records)
    job = bench.app.retry(earlier.job_id)
    assert (job.state, job.attempt, job.problem) == (JobState.ROUTED, 2, None)
    bench.app.process(earlier)
    assert bench.app.jobs.get(job.job_id).job.state is JobState.ROUTED, "the message of the first attempt is too old"
    bench.work()
    view = bench.app.jobs.get(job.job_id)
    assert view.job.state is JobState.SUCCEEDED_WITH_REJECTS
    assert view.job.as_of == job.as_of
    assert_one_set_of_outputs(bench, job.job_id)


def test_a_job_that_failed_for_its_content_fails_again_in_the_same_way(bench: Bench) -> None:
    first = bench.run(NO_GOOD_ROW)
    bench.app.retry(first.job.job_id)
    bench.work()
    again = bench.app.jobs.get(first.job.job_id)
    assert (again.job.state, again.job.attempt) == (JobState.FAILED, 2)
    assert (again.job.problem, again.ledger) == (first.job.problem, first.ledger)
    assert_one_set_of_outputs(bench, first.job.job_id)


def test_a_job_that_could_not_be_counted_stays_failed_until_it_can(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UnreadableFileError) as refusal:
        bench.receive(b"no json")
    job_id = refusal.value.details["jobId"]
    with pytest.raises(UnreadableFileError) as again:
        bench.app.retry(job_id)
    assert again.value.code == refusal.value.code
    assert bench.app.jobs.get(job_id).job.state is JobState.FAILED

    monkeypatch.setattr(counting, "count_records", lambda *_: 3)
    assert bench.app.retry(job_id).state is JobState.ROUTED
    view = bench.app.jobs.get(job_id)
    assert (view.job.record_count, view.routing and view.routing.records) == (3, 3)
    assert [message.job_id for message in bench.messages()] == [job_id]


def test_a_job_at_work_or_done_is_not_taken_up_again(bench: Bench, records: bytes) -> None:
    job = bench.receive(records).job
    with pytest.raises(ConflictError, match="is routed: it is being worked on"):
        bench.app.retry(job.job_id)
    bench.work()
    with pytest.raises(ConflictError, match="correct the rejected rows"):
        bench.app.retry(job.job_id)
    bench.run(records, force=True)
    with pytest.raises(ConflictError, match="a later job with the same files has taken its place"):
        bench.app.retry(job.job_id)


def test_an_unknown_job_cannot_be_taken_up(bench: Bench) -> None:
    with pytest.raises(NotFoundError):
        bench.app.retry("unknown")


@pytest.fixture
def waiting(bench: Bench, records: bytes) -> str:
    """A job that found the warehouse closed; says so once, however often it is tried."""
    with held_by_another_process(bench.warehouse_file):
        view = bench.run(records)
        for _ in range(2):
            bench.app.process(message_of(view.job))
        assert bench.app.sweep() == SweepReport(stalled=0, waiting=0), "the warehouse still does not answer"
    again = bench.app.jobs.get(view.job.job_id)
    assert again.job.state is JobState.GOLD
    assert again.job.problem is not None
    assert again.job.problem.code == "warehouse_unavailable"
    assert again.timeline == view.timeline
    return view.job.job_id


def test_a_job_that_waits_for_the_warehouse_is_published_by_the_next_sweep(bench: Bench, waiting: str) -> None:
    assert bench.app.sweep() == SweepReport(stalled=0, waiting=1)
    bench.work()
    view = bench.app.jobs.get(waiting)
    assert (view.job.state, view.job.problem) == (JobState.SUCCEEDED_WITH_REJECTS, None)
    assert len(bench.rows("dw_users")) == view.gold_rows["dw_users"]
    assert_one_set_of_outputs(bench, waiting)


def test_a_job_that_waits_for_the_warehouse_is_published_by_a_retry(bench: Bench, waiting: str) -> None:
    before = bench.paths("silver", "gold")
    assert bench.app.retry(waiting).state is JobState.GOLD
    bench.work()
    view = bench.app.jobs.get(waiting)
    assert (view.job.state, view.job.attempt) == (JobState.SUCCEEDED_WITH_REJECTS, 2)
    assert bench.paths("silver", "gold") == before, "only publishing was left to do"


def test_a_job_whose_message_was_lost_is_queued_again_after_ten_minutes(bench: Bench, records: bytes) -> None:
    job = bench.receive(records).job
    assert len(bench.messages()) == 1
    assert bench.app.sweep() == SweepReport(stalled=0, waiting=0)
    assert later(bench, 9).sweep() == SweepReport(stalled=0, waiting=0)
    assert later(bench, 11).sweep() == SweepReport(stalled=1, waiting=0)
    assert later(bench, 16).sweep() == SweepReport(stalled=0, waiting=0), "it was queued only five minutes before"
    assert later(bench, 22).sweep() == SweepReport(stalled=1, waiting=0)
    assert [message.job_id for message in bench.messages()] == [job.job_id] * 2


@pytest.mark.parametrize("state", [JobState.SILVER, JobState.GOLD, JobState.PUBLISHED])
def test_a_job_that_stands_still_between_stages_is_queued_again(bench: Bench, records: bytes, state: JobState) -> None:
    job = bench.receive(records).job
    bench.messages()
    bench.app.job_store.save(replace(job, state=state))
    assert later(bench, 11).sweep() == SweepReport(stalled=1, waiting=0)


def test_a_job_that_was_never_queued_goes_on_its_way(bench: Bench, records: bytes) -> None:
    job = bench.receive(records).job
    bench.messages()
    bench.app.job_store.save(replace(job, state=JobState.RECEIVED))
    assert later(bench, 11).sweep() == SweepReport(stalled=1, waiting=0)
    assert bench.app.jobs.get(job.job_id).job.state is JobState.ROUTED
    assert len(bench.messages()) == 1


def test_a_large_job_is_left_to_the_large_path(make_bench: Callable[..., Bench], records: bytes) -> None:
    bench = make_bench(small_batch_threshold=1)
    bench.receive(records)
    bench.messages(LARGE_QUEUE)
    assert later(bench, 11).sweep() == SweepReport(stalled=0, waiting=0)


def test_a_sweep_does_not_disturb_a_run_at_work(bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def sweeping(*arguments: Any) -> silver.SilverResult:
        assert later(bench, 11).sweep() == SweepReport(stalled=1, waiting=0)
        return refine(*arguments)

    refine = silver.refine
    monkeypatch.setattr(silver, "refine", sweeping)
    message = message_of(bench.receive(records).job)
    bench.app.process(message)
    assert bench.app.jobs.get(message.job_id).job.state is JobState.SUCCEEDED_WITH_REJECTS


def test_a_run_that_was_overtaken_stops_and_clears_its_outputs(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = message_of(bench.receive(records).job)
    refine, overtaken = silver.refine, []

    def slow(*arguments: Any) -> silver.SilverResult:
        result = refine(*arguments)
        if not overtaken:
            overtaken.append(True)
            bench.another_app().process(message)
        return result

    monkeypatch.setattr(silver, "refine", slow)
    bench.app.process(message)
    view = bench.app.jobs.get(message.job_id)
    assert view.job.state is JobState.SUCCEEDED_WITH_REJECTS
    assert [event.state for event in view.timeline].count("silver") == 1
    assert_one_set_of_outputs(bench, message.job_id)


def test_of_two_runs_that_finish_at_once_one_writes_the_manifest(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = message_of(bench.receive(records).job)
    claim = JobRecords.claim_manifest

    def late(self: JobRecords, manifest: Manifest) -> Manifest:
        monkeypatch.setattr(JobRecords, "claim_manifest", claim)
        bench.another_app().process(message)
        standing = claim(self, manifest)
        assert standing.run_id != manifest.run_id
        return standing

    monkeypatch.setattr(JobRecords, "claim_manifest", late)
    bench.app.process(message)
    assert bench.app.jobs.get(message.job_id).job.state is JobState.SUCCEEDED_WITH_REJECTS
    assert_one_set_of_outputs(bench, message.job_id)


@pytest.mark.parametrize("unexpectedly", [False, True])
def test_a_run_that_fails_after_it_was_overtaken_does_not_fail_the_job(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, *, unexpectedly: bool
) -> None:
    message = message_of(bench.receive(NO_GOOD_ROW).job)
    save = JobRecords.save_failed_run

    def late(self: JobRecords, account: Manifest) -> None:
        save(self, account)
        monkeypatch.setattr(JobRecords, "save_failed_run", save)
        bench.another_app().process(message)
        if unexpectedly:
            raise ZeroDivisionError

    monkeypatch.setattr(JobRecords, "save_failed_run", late)
    with pytest.raises(ZeroDivisionError) if unexpectedly else nullcontext():
        bench.app.process(message)
    view = bench.app.jobs.get(message.job_id)
    assert view.job.problem is not None
    assert view.job.problem.code == "no_good_rows"
    assert [event.state for event in view.timeline].count("failed") == 1
    if unexpectedly:
        bench.app.process(message)
    assert_one_set_of_outputs(bench, message.job_id)


def test_a_poison_message_waits_for_a_run_that_is_changing_the_job(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = message_of(bench.receive(records).job)
    record = Journal.record

    def after_another_change(self: Journal, job: Job, *arguments: Any, **named: Any) -> Job:
        monkeypatch.setattr(Journal, "record", record)
        self.touch(job, run_id="run-1-other")
        return record(self, job, *arguments, **named)

    monkeypatch.setattr(Journal, "record", after_another_change)
    bench.app.bury(message, "The message failed too often.")
    assert bench.app.jobs.get(message.job_id).job.state is JobState.FAILED
