"""Takes a job up again that failed or was stopped, or that waits for the warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.datasets.catalogue import load_dataset
from shared.domain.job import UPLOAD_EXPIRED, JobState
from shared.errors import ConflictError, UnreadableFileError
from shared.services.count import counted
from shared.services.job_files import open_files

if TYPE_CHECKING:
    from shared.domain.intake import Intake
    from shared.domain.job import Job
    from shared.ports import BlobStore
    from shared.services.dispatch import Dispatch
    from shared.services.journal import Journal
    from shared.services.records import JobRecords


@dataclass(frozen=True, slots=True)
class Retry:
    """The use case."""

    blobs: BlobStore
    journal: Journal
    records: JobRecords
    dispatch: Dispatch
    threshold: int

    def __call__(self, job_id: str) -> Job:
        """Queue a job for another attempt, from its stored files and with the same as-of time.

        Raises :class:`NotFoundError` for an unknown job, :class:`ConflictError` when the job is not in a state
        for it, and :class:`UnreadableFileError` when its files still cannot be counted.
        """
        job = self.journal.get(job_id)
        if not (job.state in RETRYABLE or job.waits_for_warehouse):
            raise ConflictError(
                f"Job {job_id} is {job.state.value}: {_WHY_NOT.get(job.state, _AT_WORK)}",
                code="not_retryable",
                advice="Only a failed or stopped job, or one that waits for the warehouse, can be taken up again.",
                state=job.state.value,
            )
        intake = self.records.intake(job_id)
        if not intake.content_key:
            return self._awaited_again(job)
        if intake.routing is None:
            intake = self._counted_again(job, intake)
        state = JobState.GOLD if self.records.manifest(job_id) else JobState.ROUTED
        job = self.journal.record(
            job,
            state,
            note=_ATTEMPT.format(job.attempt + 1),
            attempt=job.attempt + 1,
            run_id=None,
            **intake.learnt(),
        )
        self.dispatch.send(job)
        return job

    def _awaited_again(self, job: Job) -> Job:
        """Look again for the files of a job that were never taken in."""
        if job.problem is not None and job.problem.code == UPLOAD_EXPIRED:
            raise ConflictError(
                f"Job {job.job_id} has no files: they did not come in time.",
                code="not_retryable",
                advice=job.problem.advice,
                state=job.state.value,
            )
        job = self.journal.record(
            job,
            JobState.AWAITING_FILE,
            note=_ATTEMPT.format(job.attempt + 1),
            attempt=job.attempt + 1,
            problem=None,
        )
        self.dispatch.send_intake(job)
        return job

    def _counted_again(self, job: Job, intake: Intake) -> Intake:
        """Count the files of a job that failed for want of a count; it goes on only if that works now."""
        streams = open_files(self.blobs, self.records.layout, intake.files)
        contents = counted(load_dataset(job.dataset), intake.files, streams)
        intake = contents.decide(intake, self.threshold)
        if intake.problem is not None:
            self.journal.record(job, JobState.FAILED, note="The files were counted again, in vain.")
            problem = intake.problem
            raise UnreadableFileError(
                problem.message, advice=problem.advice, code=problem.code, **{**problem.details, "jobId": job.job_id}
            )
        self.records.save_intake(intake)
        return intake


#: States that a job has ended in before its time.
RETRYABLE = frozenset({JobState.FAILED, JobState.STOPPED})
_ATTEMPT = "Attempt {} was asked for."
_AT_WORK = "it is being worked on and needs no retry."
_WHY_NOT = {
    JobState.SUCCEEDED: "it is done; upload with force to process the same files anew.",
    JobState.SUCCEEDED_WITH_REJECTS: "it is done; correct the rejected rows and upload those.",
    JobState.SUPERSEDED: "another job has the same files.",
    JobState.DELETING: "it is being deleted.",
    JobState.DELETED: "it was deleted; upload the same files again to process them anew.",
}
