"""The router's decision: small jobs go to the function app, large ones to the large path, and the reason is kept."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain.job import ProcessingPath

SMALL_QUEUE = "small-batch-queue"
LARGE_QUEUE = "large-batch-queue"


@dataclass(frozen=True, slots=True)
class Routing:
    """Where a job goes and why. ``threshold`` is the largest record count of the small path."""

    records: int
    bytes: int
    threshold: int
    path: ProcessingPath
    queue: str
    reason: str
    expected_processing_time: str


def route(records: int, size: int, threshold: int) -> Routing:
    """Decide by the counted records, summed over the files of a job; exactly ``threshold`` is still small."""
    if records <= threshold:
        path, queue, time = ProcessingPath.SMALL_BATCH, SMALL_QUEUE, "a few seconds"
        reason = f"{records:,} records are at most {threshold:,}: in the function app"
    else:
        path, queue, time = ProcessingPath.LARGE_BATCH, LARGE_QUEUE, "unknown: the large path does not exist yet"
        reason = f"{records:,} records are more than {threshold:,}: waits in {queue} until the large path exists"
    return Routing(
        records=records,
        bytes=size,
        threshold=threshold,
        path=path,
        queue=queue,
        reason=reason,
        expected_processing_time=time,
    )
