"""Tells which jobs the analytical warehouse does not have yet, and which it has no more to have."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from shared.domain.job import JobState, ProcessingPath
from shared.ports import JobFilter
from shared.services.large.departures import DEPARTURE
from shared.services.sweep import HORIZON

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.domain.job import Job
    from shared.services.journal import Journal
    from shared.services.large.departures import Departures

# The large path copies its jobs itself; they are left to it for as long as that may take.
_LARGE_PATIENCE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class AwaitCopy:
    """The question."""

    journal: Journal
    departures: Departures

    def __call__(self, most: int) -> list[Job]:
        """Return so many jobs at most: those that were deleted, with ``DEPARTURE`` as their run, then those to copy.

        The oldest of these come first, so that of rows of equal key the latest stay.
        """
        now = self.journal.clock.now()
        wanted = JobFilter(awaits_copy=True, created_after=now - HORIZON)
        found = [job for job in self.journal.each(wanted) if now - job.updated_at >= _patience(job)]
        return [*self._deleted(), *(job for job in reversed(found) if job.has_succeeded)][:most]

    def _deleted(self) -> Iterator[Job]:
        for job_id in self.departures.waiting():
            job = self.journal.get(job_id)
            if job.state is JobState.DELETED:
                yield replace(job, run_id=DEPARTURE)


def _patience(job: Job) -> timedelta:
    return _LARGE_PATIENCE if job.processing_path is ProcessingPath.LARGE_BATCH else timedelta(0)
