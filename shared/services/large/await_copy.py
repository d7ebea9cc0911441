"""Tells which jobs the analytical warehouse does not have yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from shared.domain.job import ProcessingPath
from shared.ports import JobFilter
from shared.services.sweep import HORIZON

if TYPE_CHECKING:
    from shared.domain.job import Job
    from shared.services.journal import Journal

# The large path copies its jobs itself; they are left to it for as long as that may take.
_LARGE_PATIENCE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class AwaitCopy:
    """The question."""

    journal: Journal

    def __call__(self, most: int) -> list[Job]:
        """Return so many jobs at most, the oldest first, so that of rows of equal key the latest stay."""
        now = self.journal.clock.now()
        wanted = JobFilter(awaits_copy=True, created_after=now - HORIZON)
        found = [job for job in self.journal.each(wanted) if now - job.updated_at >= _patience(job)]
        return [job for job in reversed(found) if job.has_succeeded][:most]


def _patience(job: Job) -> timedelta:
    return _LARGE_PATIENCE if job.processing_path is ProcessingPath.LARGE_BATCH else timedelta(0)
