from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from shared.domain.job import JobState
from shared.domain.routing import LARGE_QUEUE
from shared.medallion import silver
from shared.services.sweep import SweepReport
from tests.integration.services.conftest import assert_one_set_of_outputs, message_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.services.conftest import Bench


def test_a_job_that_waits_for_the_warehouse_is_published_by_the_next_sweep(bench: Bench, waiting: str) -> None:
    assert bench.app.sweep() == SweepReport(stalled=0, waiting=1)
    bench.work()
    view = bench.app.jobs.get(waiting)
    assert (view.job.state, view.job.problem) == (JobState.SUCCEEDED_WITH_REJECTS, None)
    assert len(bench.rows("dw_users")) == view.gold_rows["dw_users"]
    assert_one_set_of_outputs(bench, waiting)


def test_a_job_whose_message_was_lost_is_queued_again_after_ten_minutes(bench: Bench, records: bytes) -> None:
    job = bench.receive(records).job
    assert len(bench.messages()) == 1
    assert bench.app.sweep() == SweepReport(stalled=0, waiting=0)
    assert bench.later(9).sweep() == SweepReport(stalled=0, waiting=0)
    assert bench.later(11).sweep() == SweepReport(stalled=1, waiting=0)
    assert bench.later(16).sweep() == SweepReport(stalled=0, waiting=0), "it was queued only five minutes before"
    assert bench.later(22).sweep() == SweepReport(stalled=1, waiting=0)
    assert [message.job_id for message in bench.messages()] == [job.job_id] * 2


@pytest.mark.parametrize("state", [JobState.SILVER, JobState.GOLD, JobState.PUBLISHED])
def test_a_job_that_stands_still_between_stages_is_queued_again(bench: Bench, records: bytes, state: JobState) -> None:
    job = bench.receive(records).job
    bench.messages()
    bench.app.job_store.save(replace(job, state=state))
    assert bench.later(11).sweep() == SweepReport(stalled=1, waiting=0)


def test_a_job_that_was_never_queued_goes_on_its_way(bench: Bench, records: bytes) -> None:
    job = bench.receive(records).job
    bench.messages()
    bench.app.job_store.save(replace(job, state=JobState.RECEIVED))
    assert bench.later(11).sweep() == SweepReport(stalled=1, waiting=0)
    assert bench.app.jobs.get(job.job_id).job.state is JobState.ROUTED
    assert len(bench.messages()) == 1


def test_a_large_job_is_left_to_the_large_path(make_bench: Callable[..., Bench], records: bytes) -> None:
    bench = make_bench(small_batch_threshold=1)
    bench.receive(records)
    bench.messages(LARGE_QUEUE)
    assert bench.later(11).sweep() == SweepReport(stalled=0, waiting=0)


def test_a_sweep_does_not_disturb_a_run_at_work(bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def sweeping(*arguments: Any) -> silver.SilverResult:
        assert bench.later(11).sweep() == SweepReport(stalled=1, waiting=0)
        return refine(*arguments)

    refine = silver.refine
    monkeypatch.setattr(silver, "refine", sweeping)
    message = message_of(bench.receive(records).job)
    bench.app.process(message)
    assert bench.app.jobs.get(message.job_id).job.state is JobState.SUCCEEDED_WITH_REJECTS
