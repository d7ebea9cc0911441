"""Deleting jobs that have the same files as sent: these stay for as long as one of the jobs needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.domain.job import JobState
from tests.integration.services.hires import run_hires

if TYPE_CHECKING:
    from tests.integration.services.conftest import Bench


@pytest.fixture
def family(bench: Bench) -> tuple[str, str, str]:
    """A job, its replay, and the replay of that."""
    first = run_hires(bench).job.job_id
    return first, (second := replayed(bench, first)), replayed(bench, second)


def replayed(bench: Bench, job_id: str) -> str:
    replay_id = bench.app.replay(job_id, "ann").job.job_id
    bench.work()
    return replay_id


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_the_files_go_with_the_last_job_that_has_them(
    bench: Bench, family: tuple[str, str, str], order: tuple[int, ...]
) -> None:
    sent = bench.paths("bronze")
    bronze = bench.app.settings.bronze_container
    *earlier, last = (family[place] for place in order)
    for job_id in earlier:
        deletion = bench.app.delete(job_id, "ann", bronze=True).deletion
        assert deletion is not None
        assert bronze not in deletion.files
        assert bench.paths("bronze") == sent

    deletion = bench.app.delete(last, "ann", bronze=True).deletion

    assert deletion is not None
    assert deletion.files[bronze] == 3
    assert bench.paths("bronze") == set()


def test_a_replay_whose_job_was_deleted_can_be_replayed_still(bench: Bench) -> None:
    first = run_hires(bench)
    second = replayed(bench, first.job.job_id)
    bench.app.delete(first.job.job_id, "ann", bronze=True)

    third = bench.app.jobs.get(replayed(bench, second))

    assert (third.job.state, third.ledger) == (JobState.SUCCEEDED_WITH_REJECTS, first.ledger)


def test_files_of_a_job_that_was_deleted_without_them_stay(bench: Bench) -> None:
    first = run_hires(bench).job.job_id
    second = replayed(bench, first)
    sent = bench.paths("bronze")
    bench.app.delete(first, "ann")

    bench.app.delete(second, "ann", bronze=True)
    assert bench.paths("bronze") == sent

    bench.app.delete(first, "ann", bronze=True)
    assert bench.paths("bronze") == set()


def test_a_failed_replay_needs_the_files_for_its_retry(bench: Bench) -> None:
    first = run_hires(bench).job.job_id
    replay = bench.app.replay(first, "ann").job
    bench.app.stop(replay.job_id, "ann")
    bench.app.delete(first, "ann", bronze=True)

    bench.app.retry(replay.job_id)
    bench.work()

    assert bench.app.jobs.get(replay.job_id).job.state is JobState.SUCCEEDED_WITH_REJECTS


def test_a_deleted_replay_leaves_its_rows_to_nobody_and_its_content_free(bench: Bench) -> None:
    first = run_hires(bench).job.job_id
    second = replayed(bench, first)
    bench.app.delete(second, "ann")
    assert bench.rows("departments") == []

    again = run_hires(bench)

    assert again.job.job_id not in {first, second}
    assert bench.rows("departments") != []
