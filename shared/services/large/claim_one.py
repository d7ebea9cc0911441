"""Hands out one job that waits for the large path, wherever its message stands in the queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.domain.large_claim import checked_pipeline_run_id
from shared.domain.message import JobMessage
from shared.domain.routing import LARGE_QUEUE
from shared.errors import AppError, ConflictError
from shared.logs import job_logging
from shared.services.large.not_waiting import not_waiting

if TYPE_CHECKING:
    from shared.domain.job import Job
    from shared.services.large.hand_out import ClaimedJob, HandOut
    from shared.services.large.holdings import Holdings
    from shared.services.records import JobRecords


@dataclass(frozen=True, slots=True)
class ClaimOne:
    """The use case.

    A queue hands out what comes next and nothing by name. So the job gets a message more, which is held from the
    beginning. The one that it has already is hidden by whoever receives it while the claim holds, as any second
    message is, and is out of date once the job has ended.
    """

    holdings: Holdings
    records: JobRecords
    hand_out: HandOut

    def __call__(self, pipeline_run_id: str, job_id: str) -> ClaimedJob:
        """Claim a job for a run of the pipeline; asked again, the run gets the same claim.

        Raises :class:`InvalidRequestError` for an id that cannot be a pipeline run's, :class:`NotFoundError` for an
        unknown job, :class:`ConflictError` for one that does not wait for the large path, and
        :class:`UnavailableError` when its rows may refer to those of a warehouse that does not answer.
        """
        checked_pipeline_run_id(pipeline_run_id)
        with job_logging(job_id):
            for claimed in self.hand_out.before(pipeline_run_id):
                if claimed.job.job_id == job_id:
                    return claimed
            while True:
                job = self._waiting(job_id)
                message = self.holdings.queue.send_held(LARGE_QUEUE, JobMessage.of(job), self.holdings.lease)
                try:
                    return self.hand_out(job, message, pipeline_run_id)
                except AppError as error:
                    self.holdings.queue.remove(LARGE_QUEUE, message.message_id, message.receipt)
                    if not isinstance(error, ConflictError):
                        raise

    def _waiting(self, job_id: str) -> Job:
        """Return a job if it can be claimed."""
        job = self.holdings.journal.get(job_id)
        is_free = job.stop_requested_by is None and self.holdings.is_free(job)
        if not is_free or self.records.manifest(job_id) is not None:
            raise not_waiting(job)
        return job
