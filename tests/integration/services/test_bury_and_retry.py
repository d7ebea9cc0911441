from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shared.domain.job import JobState
from shared.domain.message import JobMessage
from shared.errors import ConflictError, NotFoundError, UnreadableFileError
from shared.medallion import silver
from shared.services import count as counting
from shared.services.journal import Journal
from tests.integration.services.conftest import NO_GOOD_ROW, assert_one_set_of_outputs, message_of

if TYPE_CHECKING:
    from shared.domain.job import Job
    from tests.integration.services.conftest import Bench


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
    with pytest.raises(ConflictError, match="another job has the same files"):
        bench.app.retry(job.job_id)


def test_an_unknown_job_cannot_be_taken_up(bench: Bench) -> None:
    with pytest.raises(NotFoundError):
        bench.app.retry("unknown")


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


def test_a_job_that_waits_for_the_warehouse_is_published_by_a_retry(bench: Bench, waiting: str) -> None:
    before = bench.paths("silver", "gold")
    assert bench.app.retry(waiting).state is JobState.GOLD
    bench.work()
    view = bench.app.jobs.get(waiting)
    assert (view.job.state, view.job.attempt) == (JobState.SUCCEEDED_WITH_REJECTS, 2)
    assert bench.paths("silver", "gold") == before, "only publishing was left to do"
