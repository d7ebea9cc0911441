from __future__ import annotations

import pytest

from shared.domain.job import ProcessingPath
from shared.domain.routing import LARGE_QUEUE, SMALL_QUEUE, route


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


def test_a_large_job_is_told_that_it_waits_and_nobody_knows_how_long() -> None:
    routing = route(10_001, 1, 10_000)
    assert routing.reason == (
        "10,001 records are more than 10,000: waits in large-batch-queue until the large path exists"
    )
    assert routing.expected_processing_time == "unknown: the large path does not exist yet"
