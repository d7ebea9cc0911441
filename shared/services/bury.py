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
    from shared.domain.message import JobMessage
    from shared.ports import JobStore
    from shared.services.journal import Journal
    from shared.services.outputs import Outputs
    from shared.services.records import JobRecords

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bury:
    """The use case."""

    jobs: JobStore
    journal: Journal
    records: JobRecords
    outputs: Outputs

    def __call__(self, message: JobMessage, reason: str) -> None:
        """Fail the job of a message, with what its last try left as the problem, else with ``reason``."""
        with job_logging(message.job_id):
            while True:
                job = self.jobs.get(message.job_id)
                if job is None or job.is_final or message.attempt < job.attempt:
                    _log.info("the poison message is out of date")
                    return
                problem = job.problem or JobProblem("gave_up", reason, RETRY_ADVICE)
                try:
                    job = self.journal.record(job, JobState.FAILED, note=reason, problem=problem)
                except ConflictError:
                    continue
                account = self.records.account(job)
                self.outputs.keep_only(job, account.run_id if account else None)
                return
