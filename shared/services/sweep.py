"""Finds jobs that nobody is working on and sees to them; a second message for a job does no harm."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from shared.domain.job import FINAL_STATES, JobState, ProcessingPath
from shared.errors import ConflictError, UnavailableError
from shared.logs import job_logging
from shared.ports import JobFilter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.domain.job import Job
    from shared.ports import Clock, Warehouse
    from shared.services.delete import Delete
    from shared.services.dispatch import Dispatch
    from shared.services.journal import Journal
    from shared.services.records import JobRecords

_PATIENCE = timedelta(minutes=10)
#: How far back a sweep looks.
HORIZON = timedelta(days=30)
# Who looks after jobs that wait for their files is the sweep of the landing container.
_UNFINISHED = (
    *(state for state in JobState if state not in {*FINAL_STATES, JobState.AWAITING_FILE}),
    JobState.DELETING,
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SweepReport:
    """How many jobs were seen to because they stood still, and queued again because they wait for the warehouse."""

    stalled: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Sweep:
    """The use case."""

    journal: Journal
    records: JobRecords
    dispatch: Dispatch
    delete: Delete
    warehouse: Warehouse
    clock: Clock

    def __call__(self) -> SweepReport:
        """Queue again what stood still for ten minutes, and what waits for the warehouse if that answers.

        A deletion that stood still is finished.
        """
        stalled, waiting, answers = 0, 0, self._warehouse_answers()
        for job in self._unfinished():
            if job.waits_for_warehouse:
                waiting += answers and self._queue_again(job)
            elif self.clock.now() - job.updated_at >= _PATIENCE:
                stalled += self._finish_deletion(job) if job.state is JobState.DELETING else self._queue_again(job)
        report = SweepReport(stalled, waiting)
        _log.info("swept", extra={"fields": {"stalled": report.stalled, "waiting": report.waiting}})
        return report

    def _unfinished(self) -> Iterator[Job]:
        since = self.clock.now() - HORIZON
        for state in _UNFINISHED:
            yield from self.journal.each(JobFilter(state=state.value, created_after=since))

    def _queue_again(self, job: Job) -> bool:
        """Queue one job, unless it moves after all; marking it first keeps the next sweep from doing so again."""
        with job_logging(job.job_id):
            try:
                if job.state is JobState.RECEIVED:
                    self.dispatch(job, self.records.intake(job.job_id))
                    return True
                if not self._is_ours(job):
                    return False
                # A large job waits on in its queue, and is not to be sent there by every sweep.
                waits = job.waits_for_large_path
                self.dispatch.send(self.journal.touch(job, problem=None) if waits else self.journal.touch(job))
            except ConflictError:
                return False
            return True

    @staticmethod
    def _is_ours(job: Job) -> bool:
        """Tell whether a message of the job could be lost, or is owed to it.

        A large job waits in its queue for hours, and what a run has claimed comes back by itself.
        """
        is_small = job.processing_path is ProcessingPath.SMALL_BATCH
        return is_small or job.is_left_to_publish or job.waits_for_warehouse

    def _finish_deletion(self, job: Job) -> bool:
        with job_logging(job.job_id):
            try:
                self.delete.finish(job)
            except UnavailableError:
                return False
            return True

    def _warehouse_answers(self) -> bool:
        try:
            self.warehouse.ping()
        except UnavailableError:
            return False
        return True
