"""The small path: takes a queued job to its end, however often its message comes and wherever a try dies."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.domain.job import JobProblem, JobState, ProcessingPath
from shared.errors import AppError, ConflictError
from shared.logs import job_logging
from shared.services.journal import RETRY_ADVICE, OvertakenError, Run, problem_of
from shared.services.memory import frugal_memory

if TYPE_CHECKING:
    from shared.domain.job import Job
    from shared.domain.message import JobMessage
    from shared.ports import JobStore
    from shared.services.journal import Journal
    from shared.services.medallion import Medallion
    from shared.services.outputs import Outputs
    from shared.services.publish import Publish
    from shared.services.records import JobRecords

_SERVER_ERROR = 500
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Process:
    """The use case.

    A run claims the job, so that an earlier run still at work finds out and stops. Outputs count once a manifest
    names them, which happens once; after that only publishing is left to do, and to repeat.
    """

    jobs: JobStore
    journal: Journal
    records: JobRecords
    outputs: Outputs
    medallion: Medallion
    publish: Publish

    def __call__(self, message: JobMessage) -> None:
        """Take up the job of a message.

        What the data is to blame for ends the job. Anything else is raised, so that the message comes again.
        """
        with job_logging(message.job_id):
            run = self._claim(message)
            if run is None:
                return
            try:
                with frugal_memory():
                    self._work(run)
            except OvertakenError:
                _log.info("another run has taken the job up, or it has ended")
                self._leave(run)
            except AppError as error:
                if error.status >= _SERVER_ERROR:
                    self._note_try(run, error)
                    raise
                self._fail(run, error)
            except Exception as error:
                self._note_try(run, error)
                raise

    def _claim(self, message: JobMessage) -> Run | None:
        """Start a run, unless the message is out of date or the job has ended."""
        while True:
            job = self.jobs.get(message.job_id)
            if job is None or job.processing_path is not ProcessingPath.SMALL_BATCH:
                _log.warning("there is no such small job")
                return None
            if job.is_final or message.attempt < job.attempt:
                _log.info("the message is out of date")
                self._clear(job)
                return None
            try:
                return Run.claim(self.journal, job)
            except ConflictError:
                continue

    def _work(self, run: Run) -> None:
        manifest = self.records.manifest(run.job.job_id)
        if manifest is not None:
            self.publish(run, manifest)
            return
        manifest, gold = self.medallion(run)
        self.publish(run, manifest, gold if manifest.run_id == run.run_id else None)

    def _fail(self, run: Run, error: AppError) -> None:
        _log.warning("the job failed", extra={"fields": {"code": error.code}})
        try:
            run.record(JobState.FAILED, problem=problem_of(error))
        except OvertakenError:
            self._leave(run)
        else:
            self._clear(run.job)

    def _clear(self, job: Job) -> None:
        """Delete the outputs of runs that do not count, once a job has ended."""
        if job.is_final:
            account = self.records.account(job)
            self.outputs.keep_only(job, account.run_id if account else None)

    def _leave(self, run: Run) -> None:
        """Delete what an overtaken run wrote, unless that is what counts."""
        manifest = self.records.manifest(run.job.job_id)
        if manifest is None or manifest.run_id != run.run_id:
            self.outputs.discard(run.job, run.run_id)

    def _note_try(self, run: Run, error: Exception) -> None:
        """Keep with the job why a try failed; the next may succeed, and after the last this is the reason."""
        kind = type(error).__name__
        if isinstance(error, AppError):
            problem = problem_of(error)
        else:
            # Its text may hold data.
            problem = JobProblem("unexpected_error", f"A step failed unexpectedly ({kind}).", RETRY_ADVICE)
        note = f"A try failed ({kind}); the message comes again."
        try:
            run.record(run.job.state, note=note, problem=problem)
        except (AppError, OvertakenError):
            _log.warning("the failed try could not be noted with the job")
