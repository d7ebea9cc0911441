from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.job import ProcessingPath
from shared.domain.pace import MEASURED
from shared.domain.routing import LARGE_QUEUE, SMALL_QUEUE, estimate, next_due, path_config, path_for, route
from shared.errors import NotFoundError


@pytest.mark.parametrize(
    ("records", "path", "queue"),
    [
        (0, ProcessingPath.SMALL_BATCH, SMALL_QUEUE),
        (9_999, ProcessingPath.SMALL_BATCH, SMALL_QUEUE),
        (10_000, ProcessingPath.SMALL_BATCH, SMALL_QUEUE),
        (10_001, ProcessingPath.LARGE_BATCH, LARGE_QUEUE),
    ],
)
def test_exactly_the_threshold_is_still_small(records: int, path: ProcessingPath, queue: str) -> None:
    routing = route(records, 1, 10_000)
    assert (routing.path, routing.queue) == (path, queue)


def test_the_reason_says_the_numbers() -> None:
    assert route(10_000, 1, 10_000).reason == "10,000 records are at most 10,000: in the function app"
    assert route(1, 1, 10_000).reason == "1 record is at most 10,000: in the function app"


def test_a_large_job_is_told_what_it_waits_for() -> None:
    routing = route(10_001, 1, 10_000)
    assert routing.reason == (
        "10,001 records are more than 10,000: waits in large-batch-queue for LargeBatchCleaningPipeline"
    )
    expected = (
        f"{MEASURED[ProcessingPath.LARGE_BATCH].in_words(10_001)}, once the large path is due or was asked to run"
    )
    assert routing.expected_processing_time == expected


def test_a_small_job_is_told_how_long_it_takes() -> None:
    assert route(8_000, 1, 10_000).expected_processing_time == MEASURED[ProcessingPath.SMALL_BATCH].in_words(8_000)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-01-01T00:00", "2026-01-01T10:00"),
        ("2026-01-01T09:59", "2026-01-01T10:00"),
        ("2026-01-03T01:00", "2026-01-03T02:00"),
    ],
)
def test_what_is_due_every_ten_hours_is_due_next_at(now: str, due: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert next_due(moment, timedelta(hours=10)) == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_an_estimate_goes_the_way_that_so_many_records_would_go() -> None:
    assert [estimate(claimed, 10).path for claimed in (10, 11)] == [path_for(10, 10), path_for(11, 10)]


def test_a_wrong_claim_is_corrected_and_a_right_one_is_not_talked_of() -> None:
    assert estimate(5_000, 10_000).correction(4_990) == "Claimed 5,000 records, counted 4,990."
    assert estimate(5_000, 10_000).correction(5_000) is None


def test_a_path_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(NotFoundError) as unknown:
        path_config("medium_batch")
    assert unknown.value.details["known"] == ["small_batch", "large_batch"]


def test_a_correction_is_small_however_many_rows_it_has() -> None:
    routing = route(10_001, 1, 10_000, is_correction=True)
    assert routing.path is ProcessingPath.SMALL_BATCH
    assert routing.reason == "10,001 corrected records: in the function app, which has the rows before"
