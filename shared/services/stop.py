"""Ends a job because somebody wants it to end, before anything of it is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.domain.job import JobState
from shared.errors import ConflictError
from shared.logs import job_logging

if TYPE_CHECKING:
    from shared.domain.job import Job
    from shared.services.journal import Journal
    from shared.services.leftovers import Leftovers


@dataclass(frozen=True, slots=True)
class Stop:
    """The use case. Messages of a stopped job that are still on their way find that it has ended."""

    journal: Journal
    leftovers: Leftovers

    def __call__(self, job_id: str, by: str) -> Job:
        """Stop a job at once, or ask its run to stop after the present stage; may be repeated.

        Raises :class:`NotFoundError` for an unknown job, and :class:`ConflictError` for one that has ended otherwise
        or has begun to publish.
        """
        with job_logging(job_id):
            job = self._stopped(job_id, by)
            if job.state is JobState.STOPPED:
                self.leftovers.clear(job)
            return job

    def _stopped(self, job_id: str, by: str) -> Job:
        while True:
            job = self.journal.get(job_id)
            if job.state is JobState.STOPPED or job.stop_requested_by is not None:
                return job
            if not job.can_be_stopped:
                raise _refusal(job)
            try:
                if job.is_at_work:
                    note = f"{by} asked to stop it after the present stage."
                    return self.journal.record(job, job.state, note=note, stop_requested_by=by)
                return self.journal.stop(job, by)
            except ConflictError:
                continue


def _refusal(job: Job) -> ConflictError:
    if job.is_final:
        reason, advice = "has ended already", "To remove what it has loaded, delete it."
    else:
        reason, advice = "is being published", "Wait until it has ended; then it can be deleted."
    return ConflictError(
        f"Job {job.job_id} {reason}: it is {job.state.value} and cannot be stopped.",
        code="not_stoppable",
        advice=advice,
        state=job.state.value,
    )
