"""Replays of raw data of others: read where it lies, and only if it is still what was counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.domain.job import JobState
from shared.errors import UnreadableFileError
from tests.integration.services.raw.conftest import PATH, Lake

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.services.browse import JobView
    from shared.services.expect import Expectation
    from tests.integration.services.conftest import Bench


def test_raw_data_is_replayed_where_it_lies(
    raw_bench: Bench, lake: Lake, records: bytes, ask: Callable[..., Expectation], follow: Callable[..., JobView]
) -> None:
    lake.put(PATH, records)
    before, first = lake.contents(), follow(ask(PATH))
    assert raw_bench.app.rehearse(first.job.job_id).after == first.ledger

    replay = raw_bench.app.replay(first.job.job_id, "eve").job
    raw_bench.work()

    view = raw_bench.app.jobs.get(replay.job_id)
    assert (view.job.state, view.ledger, view.files) == (first.job.state, first.ledger, first.files)
    raw_bench.app.delete(replay.job_id, "eve", bronze=True)
    raw_bench.app.delete(first.job.job_id, "eve", bronze=True)
    assert lake.contents() == before
    assert raw_bench.paths("bronze") == set()


def test_raw_data_that_has_changed_is_not_replayed(
    raw_bench: Bench, lake: Lake, records: bytes, ask: Callable[..., Expectation], follow: Callable[..., JobView]
) -> None:
    lake.put(PATH, records)
    first = follow(ask(PATH)).job
    lake.put(PATH, records.replace(b"}", b" }", 1))

    with pytest.raises(UnreadableFileError) as refusal:
        raw_bench.app.rehearse(first.job_id)
    replay = raw_bench.app.replay(first.job_id, "eve").job
    raw_bench.work()

    job = raw_bench.app.jobs.get(replay.job_id).job
    assert (job.state, job.problem and job.problem.code) == (JobState.FAILED, refusal.value.code)
    assert refusal.value.code == "raw_file_changed"
    assert raw_bench.app.jobs.get(first.job_id).job.state is first.state, "its rows stay where they are"
