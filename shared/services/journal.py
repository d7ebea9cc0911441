"""Changes of a job's state, each with an entry in its timeline, safe against whoever else is changing it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from shared.domain.job import JobProblem, JobState, TimelineEvent, new_run_id
from shared.errors import AppError, ConflictError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shared.domain.job import Job
    from shared.ports import Clock, JobFilter, JobStore

_PAGE = 100
#: What to do about a failure that is not the data's fault.
RETRY_ADVICE = "Retry the job; if it fails again, tell the operator the job's id."


class OvertakenError(Exception):
    """Another run has taken the job up, or the job has ended, as somebody asked perhaps: the present run must stop."""


@dataclass(frozen=True, slots=True)
class Journal:
    """Writes down what becomes of jobs."""

    jobs: JobStore
    clock: Clock

    def get(self, job_id: str) -> Job:
        """Return a job; raises :class:`NotFoundError`."""
        job = self.jobs.get(job_id)
        if job is None:
            raise NotFoundError(f"There is no job {job_id!r}.", code="unknown_job")
        return job

    def each(self, wanted: JobFilter) -> Iterator[Job]:
        """Yield all jobs that a filter lets through, newest first."""
        token: str | None = None
        while True:
            page = self.jobs.find(wanted, _PAGE, token)
            yield from page.jobs
            token = page.next_token
            if token is None:
                break

    def record(
        self,
        job: Job,
        state: JobState,
        *,
        ms: int | None = None,
        note: str | None = None,
        **changes: Any,
    ) -> Job:
        """Bring a job into a state, with an event; raises :class:`ConflictError` when it changed meanwhile."""
        now = self.clock.now()
        event = TimelineEvent(state=state.value, at=now, ms=ms, note=note)
        return self.jobs.save(replace(job, state=state, updated_at=now, **changes), event)

    def touch(self, job: Job, **changes: Any) -> Job:
        """Change a job without an event; raises :class:`ConflictError` when it changed meanwhile."""
        return self.jobs.save(replace(job, updated_at=self.clock.now(), **changes))

    def stop(self, job: Job, by: str) -> Job:
        """End a job as somebody asked; raises :class:`ConflictError` when it changed meanwhile."""
        return self.record(job, JobState.STOPPED, note=f"Stopped by {by}.", stop_requested_by=None, problem=None)


class Run:
    """One run of a job. The latest to claim a job owns it; an earlier one finds that out at its next entry."""

    def __init__(self, journal: Journal, job: Job, run_id: str) -> None:
        self._journal = journal
        self.job = job
        self.run_id = run_id

    @classmethod
    def claim(cls, journal: Journal, job: Job) -> Run:
        """Start a run of a job; raises :class:`ConflictError` when the job changed since it was read."""
        run_id = new_run_id(job.attempt)
        if job.state is JobState.RECEIVED:
            # The message was faster than the note that it is on its way.
            return cls(journal, journal.record(job, JobState.ROUTED, run_id=run_id), run_id)
        return cls(journal, journal.touch(job, run_id=run_id), run_id)

    def record(
        self,
        state: JobState,
        *,
        ms: int | None = None,
        note: str | None = None,
        **changes: Any,
    ) -> None:
        """Bring the job into a state, on top of what others changed that does not concern the run.

        Raises :class:`OvertakenError` when the job is no longer this run's. Where a stop was asked for, the job ends as
        stopped instead, and so does the run.
        """
        self._write(lambda job: self._journal.record(job, state, ms=ms, note=note, **changes))

    def touch(self, **changes: Any) -> None:
        """Change the job without an event, on the terms of :meth:`record`."""
        self._write(lambda job: self._journal.touch(job, **changes))

    def _write(self, write: Callable[[Job], Job]) -> None:
        while True:
            asked_by = self.job.stop_requested_by
            try:
                self.job = write(self.job) if asked_by is None else self._journal.stop(self.job, asked_by)
            except ConflictError:
                self.job = self._still_ours()
            else:
                break
        if asked_by is not None:
            raise OvertakenError

    def _still_ours(self) -> Job:
        current = self._journal.jobs.get(self.job.job_id)
        if current is None or current.is_final or current.run_id != self.run_id:
            raise OvertakenError
        return current


def problem_of(error: Exception) -> JobProblem:
    """Return what is kept of an error with the job; of an unexpected one no text, which may hold data."""
    if isinstance(error, AppError):
        return JobProblem(error.code, error.message, error.advice, error.details)
    return JobProblem("unexpected_error", f"A step failed unexpectedly ({type(error).__name__}).", RETRY_ADVICE)
