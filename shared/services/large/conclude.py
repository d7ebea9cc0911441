"""Has the app publish what the large path has made, and tells whether that is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.domain.job import JobState
from shared.errors import ConflictError, UnavailableError
from shared.logs import job_logging
from shared.services.large.holdings import claim_lost
from shared.services.large.report_step import Step, StepReport

if TYPE_CHECKING:
    from shared.domain.job import Job
    from shared.services.dispatch import Dispatch
    from shared.services.journal import Journal
    from shared.services.large.report_step import ReportStep
    from shared.services.records import JobRecords


@dataclass(frozen=True, slots=True)
class Conclude:
    """The use case. Publishing runs as it does for a small job, started by a message, however long it takes."""

    journal: Journal
    records: JobRecords
    dispatch: Dispatch
    report: ReportStep

    def __call__(self, job_id: str, run_id: str) -> Job:
        """Start publishing a run, after its outputs were accepted, if they were not yet; may be repeated.

        Raises what :class:`~shared.services.large.report_step.ReportStep` does.
        """
        with job_logging(job_id):
            job = self.report(job_id, run_id, StepReport(Step.GOLD)).job
            while not job.is_final:
                if job.problem is None:
                    self.dispatch.send(job)
                    break
                try:
                    # It is looked at anew, whatever the last try came to.
                    job = self.journal.touch(job, problem=None)
                except ConflictError:
                    job = self.journal.get(job_id)
            return job

    def is_done(self, job_id: str, run_id: str) -> bool:
        """Tell whether a run is published, or another job has taken its place.

        Raises :class:`ConflictError` when the job has ended otherwise or the run does not count, and
        :class:`UnavailableError` while it waits for the warehouse.
        """
        job, manifest = self.journal.get(job_id), self.records.manifest(job_id)
        if job.has_succeeded or job.state is JobState.SUPERSEDED:
            return True
        if job.is_final or manifest is None or manifest.run_id != run_id:
            claim_lost(job)
        if job.problem is not None:
            problem = job.problem
            raise UnavailableError(problem.message, code=problem.code, advice=problem.advice, **problem.details)
        return False
