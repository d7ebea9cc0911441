"""Hands out the jobs that wait for the large path, each to one runner at a time."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from shared.domain.job import JobState, ProcessingPath
from shared.domain.large_claim import checked_pipeline_run_id
from shared.domain.message import JobMessage
from shared.domain.routing import LARGE_QUEUE
from shared.errors import ConflictError, InvalidRequestError, UnavailableError
from shared.logs import job_logging
from shared.services.journal import problem_of

if TYPE_CHECKING:
    from shared.domain.job import Job
    from shared.ports import HeldMessage
    from shared.services.dispatch import Dispatch
    from shared.services.large.hand_out import ClaimedJob, HandOut
    from shared.services.large.holdings import Holdings
    from shared.services.records import JobRecords

_log = logging.getLogger(__name__)
_LEAST_HOLD = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class ClaimJobs:
    """The use case.

    The message of a job is held for the time of a lease, and the job notes the run that was handed out: of two who
    get at it at once, by two messages, the job's ETag lets one win. Whatever dies at any line, the message comes back.
    ``max_tries`` is how often that may happen.
    """

    holdings: Holdings
    records: JobRecords
    hand_out: HandOut
    dispatch: Dispatch
    max_tries: int

    def __call__(self, pipeline_run_id: str, most: int) -> list[ClaimedJob]:
        """Claim up to so many jobs for a run of the pipeline; asked again, those that it still has come first.

        Raises :class:`InvalidRequestError` for an id that cannot be a pipeline run's.
        """
        checked_pipeline_run_id(pipeline_run_id)
        found = list(self.hand_out.before(pipeline_run_id))[:most]
        queue, lease = self.holdings.queue, self.holdings.lease
        while len(found) < most and (message := queue.receive(LARGE_QUEUE, lease)) is not None:
            claimed = self._take(message, pipeline_run_id)
            if claimed is not None:
                found.append(claimed)
        return found

    def _take(self, message: HeldMessage, pipeline_run_id: str) -> ClaimedJob | None:
        try:
            pointer = JobMessage.from_json(message.text or "")
        except InvalidRequestError:
            _log.warning("a message of the large path is no job message")
            self._set_aside(message)
            return None
        with job_logging(pointer.job_id):
            while True:
                try:
                    return self._claim(message, pointer, pipeline_run_id)
                except ConflictError:
                    continue

    def _claim(self, message: HeldMessage, pointer: JobMessage, pipeline_run_id: str) -> ClaimedJob | None:
        """Claim the job of a message, or do with the message what the job's state asks for.

        Raises :class:`ConflictError` when the job changed meanwhile.
        """
        job = self._workable(message, pointer)
        if job is None or self._is_held_by_another(job, message):
            return None
        if message.tries > self.max_tries:
            self._set_aside(message)
            return None
        try:
            return self.hand_out(job, message, pipeline_run_id)
        except UnavailableError as error:
            if error.details.get("service") != "warehouse":
                raise
            note = "Waits for the warehouse, to whose rows its own refer."
            self.holdings.journal.record(job, JobState.ROUTED, note=note, problem=problem_of(error))
            self._remove(message)
            return None

    def _workable(self, message: HeldMessage, pointer: JobMessage) -> Job | None:
        """Return the job of a message if there is anything to do for the notebooks, else see to it otherwise."""
        journal = self.holdings.journal
        job = journal.jobs.get(pointer.job_id)
        if job is None or job.processing_path is not ProcessingPath.LARGE_BATCH:
            _log.warning("there is no such large job")
        elif job.is_final or pointer.attempt < job.attempt:
            _log.info("the message is out of date")
            if job.is_final:
                self.holdings.leftovers.clear(job)
        elif job.stop_requested_by is not None:
            self.holdings.leftovers.clear(journal.stop(job, job.stop_requested_by))
        elif self.records.manifest(job.job_id) is not None:
            # Whoever wrote it died before the message was removed; what is left is to publish.
            if not job.is_left_to_publish:
                job = journal.record(job, JobState.GOLD, problem=None)
            self.dispatch.send(job)
        else:
            return job
        self._remove(message)
        return None

    def _is_held_by_another(self, job: Job, message: HeldMessage) -> bool:
        """Tell whether a claim by another message holds; this one is then hidden until that is over."""
        claim = self.holdings.claim_that_holds(job)
        if claim is None or claim.message_id == message.message_id:
            return False
        rest = max(claim.expires_at - self.holdings.journal.clock.now(), _LEAST_HOLD)
        self.holdings.queue.hold(LARGE_QUEUE, message.message_id, message.receipt, rest)
        return True

    def _remove(self, message: HeldMessage) -> None:
        self.holdings.queue.remove(LARGE_QUEUE, message.message_id, message.receipt)

    def _set_aside(self, message: HeldMessage) -> None:
        self.holdings.queue.set_aside(LARGE_QUEUE, message.message_id, message.receipt, message.raw)
