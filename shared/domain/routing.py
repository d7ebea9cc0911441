"""The router's decision: small jobs go to pandas, large ones to Spark, and the reason is kept."""

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
    small = records <= threshold
    comparison = "at most" if small else "more than"
    engine = "pandas, in the function app" if small else "Spark, through Data Factory"
    return Routing(
        records=records,
        bytes=size,
        threshold=threshold,
        path=ProcessingPath.SMALL_BATCH if small else ProcessingPath.LARGE_BATCH,
        queue=SMALL_QUEUE if small else LARGE_QUEUE,
        reason=f"{records:,} records are {comparison} {threshold:,}: {engine}",
        expected_processing_time="a few seconds" if small else "with the next large batch, within 10 hours",
    )
