from __future__ import annotations

import base64
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from shared.domain.job import JobState
from shared.domain.routing import LARGE_QUEUE
from shared.errors import AppError, ConflictError, NotFoundError
from shared.services.large.report_step import Step
from tests.integration.services.conftest import Bench, right_after
from tests.integration.services.large_path import (
    Notebooks,
    claim,
    claim_one,
    conclude,
    report,
    run_notebooks,
)

if TYPE_CHECKING:
    from shared.services.large.hand_out import ClaimedJob


def state_of(bench: Bench, job_id: str) -> JobState:
    return bench.app.jobs.get(job_id).job.state


def test_two_runners_never_get_the_same_job(large: Bench, records: bytes) -> None:
    large.receive(records)
    first = claim_one(large, "pipeline-1")
    assert claim(large, "pipeline-2") == []
    (again,) = claim(large, "pipeline-1")
    assert (again.job.job_id, again.claim) == (first.job.job_id, first.claim), "an answer that was lost is given again"


def test_a_second_message_of_a_claimed_job_is_hidden_while_the_claim_holds(large: Bench, records: bytes) -> None:
    job = large.receive(records).job
    large.app._dispatch.send(job)
    first = claim_one(large, "pipeline-1")
    assert claim(large, "pipeline-2") == []
    run_notebooks(large.app, first)
    conclude(large, first)
    assert large.messages(LARGE_QUEUE) == [], "it is still there, and is seen when the claim would have ended"


def test_of_two_who_claim_a_job_by_two_messages_at_once_one_gets_it(
    large: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = large.receive(records).job
    large.app._dispatch.send(job)
    won: list[ClaimedJob] = []
    rival = large.another_app()
    inputs = type(large.app.claim_jobs.hand_out.inputs)
    right_after(monkeypatch, inputs, "prepare", lambda: won.extend(rival.claim_jobs("rival", 1)))
    assert claim(large) == []
    assert [claimed.job.job_id for claimed in won] == [job.job_id]
    report(large.app, won[0], Step.SILVER_STARTED)


def test_a_job_that_is_asked_for_is_handed_out_before_those_that_came_first(large: Bench, records: bytes) -> None:
    first, second = (large.receive(records, user_id=user).job for user in ("ann", "bob"))
    claimed = large.app.claim_one("by-hand", second.job_id)
    assert claimed.job.job_id == second.job_id
    assert large.app.claim_one("by-hand", second.job_id).claim == claimed.claim, "a lost answer is given again"
    assert [each.job.job_id for each in claim(large)] == [first.job_id]
    run_notebooks(large.app, claimed)
    conclude(large, claimed)


def test_a_job_that_was_asked_for_is_nobody_elses_and_one_that_is_claimed_cannot_be_asked_for(
    large: Bench, records: bytes
) -> None:
    job = large.receive(records).job
    large.app.claim_one("by-hand", job.job_id)
    assert claim(large) == []
    with pytest.raises(ConflictError, match="is being worked on"):
        large.app.claim_one("by-another", job.job_id)


def test_of_two_who_ask_for_a_job_at_once_one_gets_it(
    large: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = large.receive(records).job
    won: list[ClaimedJob] = []
    rival = large.another_app()
    inputs = type(large.app.claim_jobs.hand_out.inputs)
    right_after(monkeypatch, inputs, "prepare", lambda: won.extend(rival.claim_jobs("rival", 1)))
    with pytest.raises(ConflictError) as refused:
        large.app.claim_one("by-hand", job.job_id)
    assert (refused.value.code, len(won)) == ("not_waiting", 1)
    run_notebooks(large.app, won[0])
    conclude(large, won[0])
    assert large.messages(LARGE_QUEUE) == [], "the message of the one who lost is gone"


def test_a_job_that_was_asked_for_comes_back_when_its_runner_dies_or_is_cancelled(large: Bench, records: bytes) -> None:
    job = large.receive(records).job
    short = large.another_app(claim_seconds=1)
    short.claim_one("dies", job.job_id)
    time.sleep(1.2)
    taken = large.app.claim_one("by-hand", job.job_id)
    large.app.release(job.job_id, taken.claim.run_id, None, "by-hand", cancelled=True)
    waiting = large.app.jobs.get(job.job_id).job
    assert waiting.problem is not None
    assert (waiting.problem.code, waiting.problem.message) == (
        "large_path_cancelled",
        "The work of pipeline run by-hand was cancelled.",
    )
    again = claim_one(large)
    run_notebooks(large.app, again)
    conclude(large, again)


def test_only_a_large_job_that_waits_can_be_asked_for(large: Bench, records: bytes) -> None:
    small = large.receive(records, app=large.another_app(small_batch_threshold=10_000)).job
    stopped = large.receive(records, user_id="bob").job
    large.app.stop(stopped.job_id, "ann")
    for job, reason in ((small, "does not take the large path"), (stopped, "is stopped")):
        with pytest.raises(ConflictError, match=reason):
            large.app.claim_one("by-hand", job.job_id)
    with pytest.raises(NotFoundError):
        large.app.claim_one("by-hand", "f" * 24)


def test_no_more_jobs_are_handed_out_than_are_asked_for(large: Bench, records: bytes) -> None:
    jobs = {large.receive(records, user_id=user).job.job_id for user in ("ann", "bob", "eve")}
    first, second = claim(large, "pipeline-1", most=2), claim(large, "pipeline-2", most=2)
    assert (len(first), len(second)) == (2, 1)
    assert {claimed.job.job_id for claimed in (*first, *second)} == jobs


@pytest.mark.parametrize("run_id", ["", "../other", "a" * 65])
def test_what_cannot_be_a_pipelines_run_claims_nothing(large: Bench, run_id: str) -> None:
    with pytest.raises(AppError, match="letters, digits"):
        claim(large, run_id)


def test_a_claim_that_is_neither_completed_nor_released_is_over_after_its_time(large: Bench, records: bytes) -> None:
    job = large.receive(records).job
    short = large.another_app(claim_seconds=1)
    (lost,) = short.claim_jobs("dies", 1)
    Notebooks(short, lost).bronze_to_silver()
    time.sleep(1.2)
    taken = claim_one(large, "pipeline-2")
    assert taken.claim.run_id != lost.claim.run_id
    told = large.app.jobs.get(job.job_id).timeline[-1].note or ""
    assert told == (
        "Taken up again by the large path (pipeline run pipeline-2, try 2): pipeline run dies was not heard of until "
        f"its time was over at {lost.claim.expires_at:%Y-%m-%d %H:%M:%S} UTC."
    )
    assert list(large.app.claim_jobs.holdings.claims.of_pipeline("dies")) == []
    for step in Step:
        with pytest.raises(ConflictError) as refused:
            report(large.app, lost, step)
        assert refused.value.code == "claim_lost"
    large.app.release(job.job_id, lost.claim.run_id, "BronzeToSilver", "dies")
    run_notebooks(large.app, taken)
    conclude(large, taken)
    assert large.paths("silver", "gold") >= large.outputs_that_count(job.job_id)
    assert not any(lost.claim.run_id in path for path in large.paths("silver", "gold"))


def test_a_sign_of_life_makes_a_claim_last(large: Bench, records: bytes) -> None:
    large.receive(records)
    short = large.another_app(claim_seconds=2)
    (claimed,) = short.claim_jobs("lives", 1)
    for _ in range(3):
        time.sleep(1)
        report(short, claimed, Step.SILVER_STARTED)
    assert claim(large, "pipeline-2") == []
    told = [event.note for event in large.app.jobs.get(claimed.job.job_id).timeline]
    assert sum("notebook starts" in (note or "") for note in told) == 1


def test_a_released_job_is_tried_again_at_once(large: Bench, records: bytes) -> None:
    job = large.receive(records).job
    first = claim_one(large)
    large.app.release(job.job_id, first.claim.run_id, "BronzeToSilver", "pipeline-1")
    waiting = large.app.jobs.get(job.job_id)
    assert waiting.job.problem is not None
    assert waiting.job.problem.message == "BronzeToSilver of pipeline run pipeline-1 failed."
    assert waiting.expected_start is not None
    second = claim_one(large)
    assert (second.claim.tries, second.job.problem) == (2, None)
    with pytest.raises(ConflictError):
        report(large.app, first, Step.SILVER)
    run_notebooks(large.app, second)
    conclude(large, second)


def test_after_its_last_try_a_released_job_has_failed_and_can_be_retried(large: Bench, records: bytes) -> None:
    job = large.receive(records).job
    app = large.another_app(claim_tries=2)
    for _ in range(2):
        (claimed,) = app.claim_jobs("pipeline", 1)
        app.release(job.job_id, claimed.claim.run_id, "SilverToGold", "pipeline")
    failed = large.app.jobs.get(job.job_id).job
    assert failed.state is JobState.FAILED
    assert failed.problem is not None
    assert failed.problem.code == "large_path_failed"
    assert claim(large) == []
    large.app.retry(job.job_id)
    again = claim_one(large)
    run_notebooks(large.app, again)
    conclude(large, again)


def test_a_message_that_was_taken_up_too_often_is_set_aside(large: Bench, records: bytes) -> None:
    job = large.receive(records).job
    app = large.another_app(claim_tries=1, claim_seconds=1)
    assert len(app.claim_jobs("dies", 1)) == 1
    time.sleep(1.2)
    assert app.claim_jobs("next", 1) == []
    (message,) = large.messages(f"{LARGE_QUEUE}-poison")
    large.app.bury(message, "given up")
    failed = large.app.jobs.get(job.job_id).job
    assert failed.problem is not None
    assert (failed.state, failed.problem.code) == (JobState.FAILED, "gave_up")


@pytest.mark.parametrize("content", ["no base64!", base64.b64encode(b"nonsense").decode()])
def test_what_is_no_job_message_is_set_aside_as_it_is(large: Bench, content: str) -> None:
    large.receive(b"[]")
    queues = large.app.queue._account.queues  # type: ignore[attr-defined]
    queues.get_queue_client(LARGE_QUEUE).send_message(content)
    claim(large, most=3)
    poison = queues.get_queue_client(f"{LARGE_QUEUE}-poison")
    bodies = [message.content for message in poison.receive_messages(max_messages=32)]
    assert content in bodies
    poison.clear_messages()


def test_a_stopped_job_is_not_handed_out(large: Bench, records: bytes) -> None:
    job = large.receive(records).job
    large.app.stop(job.job_id, "ann")
    assert claim(large) == []
    assert state_of(large, job.job_id) is JobState.STOPPED


def test_a_job_that_another_has_superseded_is_not_handed_out(large: Bench, records: bytes) -> None:
    job = large.receive(records).job
    large.app.job_store.save(replace(job, state=JobState.SUPERSEDED))
    assert claim(large) == []


def test_a_deleted_job_is_not_handed_out_and_leaves_nothing(large: Bench, records: bytes) -> None:
    job = large.receive(records).job
    claimed = claim_one(large)
    large.app.release(job.job_id, claimed.claim.run_id, None, None)
    large.app.stop(job.job_id, "ann")
    large.app.delete(job.job_id, "ann", bronze=True)
    assert claim(large) == []
    assert large.paths("silver", "gold", "staging") == set()


def test_a_stop_that_comes_while_a_job_is_worked_on_ends_it_at_its_next_step(large: Bench, records: bytes) -> None:
    job = large.receive(records).job
    claimed = claim_one(large)
    Notebooks(large.app, claimed).bronze_to_silver()
    assert large.app.stop(job.job_id, "ann").stop_requested_by == "ann"
    with pytest.raises(ConflictError, match="stopped"):
        report(large.app, claimed, Step.SILVER)
    assert state_of(large, job.job_id) is JobState.STOPPED
    assert large.messages(LARGE_QUEUE) == []
    assert large.paths("silver", "gold") == set()


def test_a_stop_that_its_runner_never_sees_ends_the_job_at_the_next_claim(large: Bench, records: bytes) -> None:
    job = large.receive(records).job
    large.another_app(claim_seconds=1).claim_jobs("dies", 1)
    large.app.stop(job.job_id, "ann")
    time.sleep(1.2)
    assert claim(large) == []
    assert state_of(large, job.job_id) is JobState.STOPPED
