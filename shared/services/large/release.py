"""Takes a job back that the large path could not bring to its end: it is tried again, or was tried often enough."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from shared.domain.job import JobProblem
from shared.domain.message import JobMessage
from shared.domain.routing import LARGE_QUEUE
from shared.errors import ConflictError
from shared.logs import job_logging
from shared.services.journal import RETRY_ADVICE, OvertakenError

if TYPE_CHECKING:
    from shared.domain.job import Job
    from shared.domain.large_claim import LargeClaim
    from shared.services.bury import Bury
    from shared.services.journal import Run
    from shared.services.large.holdings import Holdings
    from shared.services.records import JobRecords

_AT_ONCE = timedelta(0)
_GAVE_UP = "The large path failed too often and was given up on."


@dataclass(frozen=True, slots=True)
class Release:
    """The use case. ``max_tries`` is how often a job is taken up."""

    holdings: Holdings
    records: JobRecords
    bury: Bury
    max_tries: int

    def __call__(
        self, job_id: str, run_id: str, failed: str | None, pipeline_run_id: str | None, *, cancelled: bool = False
    ) -> Job:
        """Let go of a job. May come late or twice, and then does nothing.

        ``failed`` names the activity that failed; with ``cancelled`` none has, and somebody has ended the run. The text
        of a failure is not kept: it may hold data. It stands with the pipeline's run. A job whose manifest stands is
        not given back, since only publishing is left to do, which the next sweep does.
        """
        with job_logging(job_id):
            job = self.holdings.journal.get(job_id)
            if job.is_final or self.records.manifest(job_id) is not None:
                claim = self.holdings.claims.of_run(job_id, run_id)
                if claim is not None:
                    self.holdings.end(claim)
                return job
            try:
                run, claim = self.holdings.renewed(job, run_id)
            except ConflictError:
                return self.holdings.journal.get(job_id)
            self._give_back(run, claim, _problem(failed, pipeline_run_id, cancelled=cancelled))
            return self.holdings.journal.get(job_id)

    def _give_back(self, run: Run, claim: LargeClaim, problem: JobProblem) -> None:
        again = claim.tries < self.max_tries
        note = f"{problem.message} {'It is tried again.' if again else 'It was tried often enough.'}"
        try:
            run.record(run.job.state, note=note, problem=problem)
        except OvertakenError:
            job = self.holdings.journal.get(claim.job_id)
            if job.is_final:
                self.holdings.leftovers.clear(job)
                self.holdings.end(claim)
            return
        if again:
            self.holdings.queue.hold(LARGE_QUEUE, claim.message_id, claim.receipt, _AT_ONCE)
            self.holdings.claims.forget(claim)
        else:
            self.bury(JobMessage.of(run.job), _GAVE_UP)
            self.holdings.end(claim)


def _problem(failed: str | None, pipeline_run_id: str | None, *, cancelled: bool) -> JobProblem:
    where = f" of pipeline run {pipeline_run_id}" if pipeline_run_id else ""
    details = {"activity": failed, "pipelineRunId": pipeline_run_id}
    if cancelled:
        return JobProblem("large_path_cancelled", f"The work{where} was cancelled.", "Start it again.", details)
    advice = f"Its error stands with that run. {RETRY_ADVICE}"
    return JobProblem("large_path_failed", f"{failed or 'A step'}{where} failed.", advice, details)
