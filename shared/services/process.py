"""The small path: takes a queued job to its end, however often its message comes and wherever a try dies.

Of a large job it does the last part, once that is all there is left to do.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.domain.job import JobState, ProcessingPath
from shared.errors import AppError, ConflictError, UnavailableError
from shared.logs import job_logging
from shared.services.journal import OvertakenError, Run, problem_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from shared.domain.job import Job
    from shared.domain.message import JobMessage
    from shared.services.journal import Journal
    from shared.services.leftovers import Leftovers
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
    names them, which happens once; after that only publishing is left to do, and to repeat. A run works inside of
    ``memory``, which gives back what it took.
    """

    journal: Journal
    records: JobRecords
    outputs: Outputs
    leftovers: Leftovers
    medallion: Medallion
    publish: Publish
    memory: Callable[[], AbstractContextManager[None]]

    def __call__(self, message: JobMessage) -> None:
        """Take up the job of a message.

        What the data is to blame for ends the job. Anything else is raised, so that the message comes again.
        """
        with job_logging(message.job_id):
            run = self._claim(message)
            if run is None:
                return
            try:
                with self.memory():
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
            job = self.journal.jobs.get(message.job_id)
            if job is None or not (job.processing_path is ProcessingPath.SMALL_BATCH or _is_ours(job)):
                _log.warning("there is no such small job")
                return None
            if job.is_final or message.attempt < job.attempt:
                _log.info("the message is out of date")
                if job.is_final:
                    self.leftovers.clear(job)
                return None
            try:
                if job.stop_requested_by is None:
                    return Run.claim(self.journal, job)
                self.journal.stop(job, job.stop_requested_by)
            except ConflictError:
                continue

    def _work(self, run: Run) -> None:
        manifest = self.records.manifest(run.job.job_id)
        if manifest is not None:
            self.publish(run, manifest)
            return
        try:
            manifest, gold = self.medallion(run)
        except UnavailableError as error:
            if error.details.get("service") != "warehouse":
                raise
            self._wait(run, error)
            return
        self.publish(run, manifest, gold if manifest.run_id == run.run_id else None)

    def _wait(self, run: Run, error: UnavailableError) -> None:
        """Leave the job where it stands, with the reason; said once, however often it is tried."""
        problem = problem_of(error)
        if run.job.problem != problem:
            run.record(run.job.state, note="Waits for the warehouse, to whose rows its own refer.", problem=problem)

    def _fail(self, run: Run, error: AppError) -> None:
        _log.warning("the job failed", extra={"fields": {"code": error.code}})
        try:
            run.record(JobState.FAILED, problem=problem_of(error))
        except OvertakenError:
            self._leave(run)
        else:
            self.leftovers.clear(run.job)

    def _leave(self, run: Run) -> None:
        """Delete what a run wrote that must stop, unless that is what counts."""
        job, manifest = self.journal.get(run.job.job_id), self.records.manifest(run.job.job_id)
        if job.is_final:
            self.leftovers.clear(job)
        elif manifest is None or manifest.run_id != run.run_id:
            self.outputs.discard(job, run.run_id)

    def _note_try(self, run: Run, error: Exception) -> None:
        """Keep with the job why a try failed; the next may succeed, and after the last this is the reason."""
        note = f"A try failed ({type(error).__name__}); the message comes again."
        try:
            run.record(run.job.state, note=note, problem=problem_of(error))
        except (AppError, OvertakenError):
            _log.warning("the failed try could not be noted with the job")


def _is_ours(job: Job) -> bool:
    """Tell whether a large job has come so far that the rest is done here, or has ended here."""
    return job.is_left_to_publish or job.is_final
