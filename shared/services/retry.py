"""Takes a job up again that failed, or that waits for the warehouse."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.domain.job import JobState
from shared.errors import ConflictError, NotFoundError, UnreadableFileError
from shared.services.count import counted

if TYPE_CHECKING:
    from shared.domain.intake import Intake
    from shared.domain.job import Job
    from shared.ports import BlobStore, JobStore
    from shared.services.dispatch import Dispatch
    from shared.services.journal import Journal
    from shared.services.records import JobRecords


@dataclass(frozen=True, slots=True)
class Retry:
    """The use case."""

    blobs: BlobStore
    bronze: str
    jobs: JobStore
    journal: Journal
    records: JobRecords
    dispatch: Dispatch
    threshold: int

    def __call__(self, job_id: str) -> Job:
        """Queue a job for another attempt, from its stored files and with the same as-of time.

        Raises :class:`NotFoundError` for an unknown job, :class:`ConflictError` when the job is not in a state
        for it, and :class:`UnreadableFileError` when its files still cannot be counted.
        """
        job = self.jobs.get(job_id)
        if job is None:
            raise NotFoundError(f"There is no job {job_id!r}.", code="unknown_job")
        if not (job.state is JobState.FAILED or (job.state is JobState.GOLD and job.problem)):
            raise ConflictError(
                f"Job {job_id} is {job.state.value}: {_WHY_NOT.get(job.state, _AT_WORK)}",
                code="not_retryable",
                advice="Only a failed job, or one that waits for the warehouse, can be taken up again.",
                state=job.state.value,
            )
        intake = self.records.intake(job_id)
        if intake.routing is None:
            intake = self._counted_again(job, intake)
        state = JobState.GOLD if self.records.manifest(job_id) else JobState.ROUTED
        job = self.journal.record(
            job,
            state,
            note=f"Attempt {job.attempt + 1} was asked for.",
            attempt=job.attempt + 1,
            run_id=None,
            problem=None,
            processing_path=intake.routing.path if intake.routing else None,
            record_count=intake.routing.records if intake.routing else None,
        )
        self.dispatch.send(job)
        return job

    def _counted_again(self, job: Job, intake: Intake) -> Intake:
        """Count the files of a job that failed for want of a count; it goes on only if that works now."""
        streams = (io.BytesIO(self.blobs.get(self.bronze, file.blob)) for file in intake.files)
        intake = counted(intake, streams, self.threshold)
        if intake.problem is not None:
            self.journal.record(job, JobState.FAILED, note="The files were counted again, in vain.")
            problem = intake.problem
            raise UnreadableFileError(
                problem.message, advice=problem.advice, code=problem.code, **{**problem.details, "jobId": job.job_id}
            )
        self.records.save_intake(intake)
        return intake


_AT_WORK = "it is being worked on and needs no retry."
_WHY_NOT = {
    JobState.SUCCEEDED: "it is done; upload with force to process the same files anew.",
    JobState.SUCCEEDED_WITH_REJECTS: "it is done; correct the rejected rows and upload those.",
    JobState.SUPERSEDED: "a later job with the same files has taken its place.",
}
