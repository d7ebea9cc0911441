"""Ends a job whose message was given up on."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.domain.job import JobProblem, JobState
from shared.errors import ConflictError
from shared.logs import job_logging
from shared.services.journal import RETRY_ADVICE

if TYPE_CHECKING:
    from collections.abc import Collection

    from shared.domain.job import Job
    from shared.domain.message import JobMessage
    from shared.services.journal import Journal
    from shared.services.leftovers import Leftovers

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bury:
    """The use case."""

    journal: Journal
    leftovers: Leftovers

    def __call__(self, message: JobMessage, reason: str, only: Collection[JobState] = tuple(JobState)) -> None:
        """Fail the job of a message, with what its last try left as the problem, else with ``reason``.

        A job that is in none of the states ``only`` has gone on without the message. One that was asked to stop ends as
        stopped.
        """
        with job_logging(message.job_id):
            while True:
                job = self.journal.jobs.get(message.job_id)
                if job is None or job.is_final or message.attempt < job.attempt or job.state not in only:
                    _log.info("the poison message is out of date")
                    return
                try:
                    job = self._ended(job, reason)
                except ConflictError:
                    continue
                self.leftovers.clear(job)
                return

    def _ended(self, job: Job, reason: str) -> Job:
        if job.stop_requested_by is not None:
            return self.journal.stop(job, job.stop_requested_by)
        problem = job.problem or JobProblem("gave_up", reason, RETRY_ADVICE)
        return self.journal.record(job, JobState.FAILED, note=reason, problem=problem)
