"""Replays: a job's files once more, under the present contract, in a job that takes the place of the old."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from shared.domain.job import JobState
from shared.errors import ConflictError, NotFoundError
from shared.services.dispatch import Dispatch
from shared.services.replay import Replay
from tests.integration.services.conftest import NO_GOOD_ROW
from tests.integration.services.hires import hired, run_hires

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.services.browse import JobView
    from tests.integration.services.conftest import Bench

NOTHING_FITS = [
    (f'"{label} number", required: true', f'"{label} number", required: true, range: {{min: 100}}')
    for label in ("Department", "Job", "Employee")
]


def replayed(bench: Bench, job_id: str) -> JobView:
    replay = bench.app.replay(job_id, "ann")
    assert replay.created
    bench.work()
    return bench.app.jobs.get(replay.job.job_id)


def test_a_replay_judges_the_same_files_anew_and_takes_the_place_of_its_job(
    bench: Bench, revise: Callable[..., None]
) -> None:
    first = run_hires(bench)
    assert hired(bench) == ["Ann"]
    files = bench.paths("bronze")
    revise("hiring", ('label: "Name", required: true', 'label: "Name"'))

    again = replayed(bench, first.job.job_id)

    assert (again.job.replay_of, again.job.supersedes, again.job.parent_job_id) == (first.job.job_id,) * 3
    assert (again.job.contract_version, first.job.contract_version) == (2, 1)
    assert (again.job.as_of, again.job.user_id) == (first.job.as_of, "admin")
    assert hired(bench) == ["Ann", None], "the new version wants no name"
    superseded = bench.app.jobs.get(first.job.job_id).job
    assert (superseded.state, superseded.superseded_by) == (JobState.SUPERSEDED, again.job.job_id)
    assert (again.files, bench.paths("bronze")) == (first.files, files), "the files stay where they are"
    assert again.timeline[0].note == f"ann asked to replay job {first.job.job_id}, under version 2 of its contract."


def test_rows_that_a_replay_newly_rejects_leave_the_warehouse(bench: Bench, revise: Callable[..., None]) -> None:
    first = run_hires(bench)
    revise("hiring", ('label: "Department name", required: true', 'label: "Department name", one_of: [Sales]'))

    replayed(bench, first.job.job_id)

    assert [row["department"] for row in bench.rows("departments")] == ["Sales"]


@pytest.mark.parametrize("revised", [False, True])
def test_the_same_content_again_is_the_replay(bench: Bench, revise: Callable[..., None], *, revised: bool) -> None:
    first = run_hires(bench)
    if revised:
        revise("hiring")
    again = replayed(bench, first.job.job_id)

    repeated = run_hires(bench)

    assert repeated.job.job_id == again.job.job_id
    assert_one_set_of_outputs_each(bench, first, again)


def assert_one_set_of_outputs_each(bench: Bench, *views: JobView) -> None:
    counting = {path for view in views for path in bench.outputs_that_count(view.job.job_id)}
    assert bench.paths("silver", "gold") == counting


def test_two_requests_at_once_make_one_replay(bench: Bench, records: bytes) -> None:
    job_id = bench.run(records).job.job_id
    apps = [bench.another_app() for _ in range(4)]
    with ThreadPoolExecutor(len(apps)) as pool:
        replays = list(pool.map(lambda app: app.replay(job_id, "ann"), apps))

    assert len({replay.job.job_id for replay in replays}) == 1
    assert sum(replay.created for replay in replays) == 1
    bench.work()
    late = bench.app.replay(job_id, "ann")
    assert (late.job.job_id, late.created) == (replays[0].job.job_id, False)
    assert late.job.state is JobState.SUCCEEDED_WITH_REJECTS


@pytest.mark.parametrize("step", ["_made", "_sent_on"])
def test_a_replay_that_died_half_way_is_completed_by_the_next_request(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    job_id = bench.run(records).job.job_id
    with monkeypatch.context() as patch:
        patch.setattr(Replay, step, interrupted)
        with pytest.raises(KeyboardInterrupt):
            bench.app.replay(job_id, "ann")

    bench.app.replay(job_id, "ann")
    bench.work()

    (replay_id,) = bench.app.process.records.replays(job_id)
    assert bench.app.jobs.get(replay_id).job.state is JobState.SUCCEEDED_WITH_REJECTS


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_the_sweep_completes_a_replay_that_was_not_queued(
    bench: Bench, records: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = bench.run(records).job.job_id
    with monkeypatch.context() as patch:
        patch.setattr(Dispatch, "__call__", interrupted)
        with pytest.raises(KeyboardInterrupt):
            bench.app.replay(job_id, "ann")

    bench.later(11).sweep()
    bench.work()

    assert bench.app.jobs.get(job_id).job.state is JobState.SUPERSEDED


def test_after_a_replay_in_vain_there_may_be_another(bench: Bench, revise: Callable[..., None]) -> None:
    first = run_hires(bench)
    revise("hiring", *NOTHING_FITS)
    failed = replayed(bench, first.job.job_id)
    assert failed.job.state is JobState.FAILED
    assert hired(bench) == ["Ann"], "what the job has loaded stays"
    revise("hiring", version=3)

    again = replayed(bench, first.job.job_id)

    assert again.job.job_id != failed.job.job_id
    assert again.job.state is JobState.SUCCEEDED_WITH_REJECTS
    assert bench.app.jobs.get(first.job.job_id).job.superseded_by == again.job.job_id


def test_a_replay_can_be_replayed(bench: Bench, records: bytes) -> None:
    first = bench.run(records)
    second = replayed(bench, first.job.job_id)
    third = replayed(bench, second.job.job_id)

    assert (third.job.replay_of, third.job.parent_job_id) == (second.job.job_id, first.job.job_id)
    states = {bench.app.jobs.get(view.job.job_id).job.superseded_by for view in (first, second)}
    assert states == {second.job.job_id, third.job.job_id}
    assert_one_set_of_outputs_each(bench, first, second, third)


def test_a_failed_job_is_replayed_too(bench: Bench) -> None:
    failed = bench.run(NO_GOOD_ROW)
    assert failed.job.state is JobState.FAILED
    assert replayed(bench, failed.job.job_id).ledger == failed.ledger


def test_only_a_job_that_has_ended_and_stands_for_itself_is_replayed(bench: Bench, records: bytes) -> None:
    waiting = bench.receive(records).job
    refuse(bench, waiting.job_id, "has not ended")
    bench.work()
    forced = bench.run(records, force=True).job
    refuse(bench, waiting.job_id, f"has made place for job {forced.job_id}")
    bench.app.delete(forced.job_id, "ann")
    refuse(bench, forced.job_id, "was deleted")
    uncounted = bench.expect("orders.json").job
    bench.app.stop(uncounted.job_id, "ann")
    refuse(bench, uncounted.job_id, "has no files that could be counted")
    with pytest.raises(NotFoundError):
        bench.app.replay("nobody", "ann")


def refuse(bench: Bench, job_id: str, reason: str) -> None:
    for ask in (lambda: bench.app.replay(job_id, "ann"), lambda: bench.app.rehearse(job_id)):
        with pytest.raises(ConflictError, match=reason) as refusal:
            ask()
        assert refusal.value.code == "not_replayable"
    assert bench.app.process.records.replays(job_id) == ()
