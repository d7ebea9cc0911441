"""The large path's hold on a job: proved by the run's id, kept by the message, and given up in one place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NoReturn

from shared.domain.routing import LARGE_QUEUE
from shared.errors import ConflictError
from shared.services.journal import Run

if TYPE_CHECKING:
    from datetime import timedelta

    from shared.domain.job import Job
    from shared.domain.large_claim import LargeClaim
    from shared.ports import JobQueue
    from shared.services.journal import Journal
    from shared.services.large.claims import Claims
    from shared.services.leftovers import Leftovers


@dataclass(frozen=True, slots=True)
class Holdings:
    """Finds, renews and gives up claims; ``lease`` is how long one lasts from its last sign of life."""

    journal: Journal
    queue: JobQueue
    claims: Claims
    leftovers: Leftovers
    lease: timedelta

    def claim_that_holds(self, job: Job) -> LargeClaim | None:
        """Return the claim by which somebody works on a job; None when it was given back, or its time is over."""
        claim = self.claims.of_run(job.job_id, job.run_id) if job.problem is None else None
        return claim if claim is not None and claim.expires_at > self.journal.clock.now() else None

    def is_free(self, job: Job) -> bool:
        """Tell whether a job can be taken up: nobody works on it, or a claim on it was left to run out."""
        return job.is_for_large_path and self.claim_that_holds(job) is None

    def renewed(self, job: Job, run_id: str) -> tuple[Run, LargeClaim]:
        """Return a run and its claim, which lasts anew from now.

        Raises :class:`ConflictError` (``claim_lost``) when the job has ended, or is another run's by now.
        """
        claim = self.claims.of_run(job.job_id, run_id)
        if claim is None or job.is_final or job.run_id != run_id:
            claim_lost(job)
        receipt = self.queue.hold(LARGE_QUEUE, claim.message_id, claim.receipt, self.lease)
        if receipt is None:
            claim_lost(job)
        claim = replace(claim, receipt=receipt, expires_at=self.journal.clock.now() + self.lease)
        self.claims.save(claim)
        return Run(self.journal, job, run_id), claim

    def end(self, claim: LargeClaim) -> None:
        """Take the message of a claim off the queue: its job needs it no more. May be repeated."""
        self.queue.remove(LARGE_QUEUE, claim.message_id, claim.receipt)
        self.claims.forget(claim)

    def end_overtaken(self, claim: LargeClaim) -> NoReturn:
        """Do what is left where a run finds that its job was stopped or taken over, and say so as ``claim_lost``."""
        job = self.journal.get(claim.job_id)
        if job.is_final:
            self.leftovers.clear(job)
            self.end(claim)
        claim_lost(job)


def claim_lost(job: Job) -> NoReturn:
    """Say that a job is not the caller's."""
    raise ConflictError(
        f"The claim on job {job.job_id}, which is {job.state.value}, does not hold any more.",
        code="claim_lost",
        advice="Leave the job alone: it has ended, or another run works on it.",
        state=job.state.value,
    )
