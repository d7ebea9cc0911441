"""The router's decision: small jobs go to the function app, large ones to the large path, and the reason is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from shared.domain.job import ProcessingPath
from shared.domain.pace import MEASURED
from shared.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

SMALL_QUEUE = "small-batch-queue"
LARGE_QUEUE = "large-batch-queue"
#: Arrivals that are too big to be counted within a request.
INTAKE_QUEUE = "intake-queue"


@dataclass(frozen=True, slots=True)
class PathConfig:
    """How a path works: its queue, the Data Factory pipeline it belongs to and how often that one runs.

    ``engine`` is None where a setting says which it is; ``waits_for`` is what its jobs wait for before they begin, and
    ``takes`` says how long any of them takes from then on.
    """

    path: ProcessingPath
    queue: str
    engine: str | None
    pipeline: str
    trigger_interval: str
    takes: str
    waits_for: str | None = None

    @property
    def expected_processing_time(self) -> str:
        """How long any of its jobs takes, in words."""
        return self.after_wait(self.takes)

    def after_wait(self, time: str) -> str:
        """Return a time in words with what has to be waited for first."""
        return f"{time}, once {self.waits_for}" if self.waits_for else time


#: All that is known of the paths; nothing about them is said anywhere else.
PATHS: Final[Mapping[ProcessingPath, PathConfig]] = {
    ProcessingPath.SMALL_BATCH: PathConfig(
        path=ProcessingPath.SMALL_BATCH,
        queue=SMALL_QUEUE,
        engine=None,
        pipeline="SmallBatchCleaningPipeline",
        trigger_interval="10 minutes",
        takes="a few seconds",
    ),
    ProcessingPath.LARGE_BATCH: PathConfig(
        path=ProcessingPath.LARGE_BATCH,
        queue=LARGE_QUEUE,
        engine="pyspark",
        pipeline="LargeBatchCleaningPipeline",
        trigger_interval="10 hours",
        takes="minutes",
        waits_for="the large path is due or was asked to run",
    ),
}


#: From when on the pipelines are due; their triggers say the same.
FIRST_DUE: Final = datetime(2026, 1, 1, tzinfo=UTC)


def next_due(now: datetime, every: timedelta) -> datetime:
    """Return when something is due next that is due so often."""
    return FIRST_DUE + every * ((now - FIRST_DUE) // every + 1)


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


def route(records: int, size: int, threshold: int, *, is_correction: bool = False) -> Routing:
    """Decide by the counted records, summed over the files of a job; exactly ``threshold`` is still small.

    A correction is always small: what it is added to is known to the function app alone.
    """
    path = ProcessingPath.SMALL_BATCH if is_correction else path_for(records, threshold)
    config = PATHS[path]
    if is_correction:
        reason = f"{records:,} corrected record{'s' * (records != 1)}: in the function app, which has the rows before"
    elif path is ProcessingPath.SMALL_BATCH:
        are = "record is" if records == 1 else "records are"
        reason = f"{records:,} {are} at most {threshold:,}: in the function app"
    else:
        reason = f"{records:,} records are more than {threshold:,}: waits in {config.queue} for {config.pipeline}"
    return Routing(
        records=records,
        bytes=size,
        threshold=threshold,
        path=config.path,
        queue=config.queue,
        reason=reason,
        expected_processing_time=config.after_wait(MEASURED[path].in_words(records)),
    )


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a client says that a job will be. It decides nothing; its path is shown until the records are counted."""

    records: int
    path: ProcessingPath

    def correction(self, counted: int) -> str | None:
        """Return what is to be said once the records are counted, None where the client was right."""
        return None if counted == self.records else f"Claimed {self.records:,} records, counted {counted:,}."


def estimate(claimed: int, threshold: int) -> Estimate:
    """Return what a job of so many records would be."""
    return Estimate(claimed, path_for(claimed, threshold))


def path_for(records: int, threshold: int) -> ProcessingPath:
    """Return the path of a job of so many records."""
    return ProcessingPath.SMALL_BATCH if records <= threshold else ProcessingPath.LARGE_BATCH


def path_config(name: str) -> PathConfig:
    """Return what is known of a path; raises :class:`NotFoundError` naming the paths there are."""
    known = [path.value for path in PATHS]
    if name not in known:
        raise NotFoundError(
            f"There is no path {name!r}.",
            code="unknown_path_type",
            advice=f"Use one of: {', '.join(known)}.",
            known=known,
        )
    return PATHS[ProcessingPath(name)]
