"""Writes down that a job was handed out to a run of the pipeline, and finds what a run was handed out before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.domain.job import JobState, new_run_id
from shared.domain.large_claim import LargeClaim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.domain.job import Job
    from shared.ports import HeldMessage
    from shared.services.large.holdings import Holdings
    from shared.services.large.inputs import LargeInputs


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job that was handed out, its claim, and where its notebooks read and write by the names of their widgets."""

    job: Job
    claim: LargeClaim
    addresses: dict[str, str]


@dataclass(frozen=True, slots=True)
class HandOut:
    """Makes claims."""

    holdings: Holdings
    inputs: LargeInputs

    def __call__(self, job: Job, message: HeldMessage, pipeline_run_id: str) -> ClaimedJob:
        """Claim a job by a message that is held.

        Raises :class:`ConflictError` when the job changed meanwhile, and :class:`UnavailableError` when its rows may
        refer to those of a warehouse that does not answer.
        """
        now = self.holdings.journal.clock.now()
        claim = LargeClaim(
            job_id=job.job_id,
            run_id=new_run_id(job.attempt),
            pipeline_run_id=pipeline_run_id,
            message_id=message.message_id,
            receipt=message.receipt,
            tries=message.tries,
            claimed_at=now,
            expires_at=now + self.holdings.lease,
        )
        self.inputs.prepare(job)
        lost = self._lost(job)
        self.holdings.claims.save(claim)
        note = _taken_up(claim, lost)
        job = self.holdings.journal.record(job, JobState.ROUTED, note=note, run_id=claim.run_id, problem=None)
        if lost is not None:
            self.holdings.claims.forget(lost)
        return self._handed_out(job, claim)

    def _lost(self, job: Job) -> LargeClaim | None:
        """Return the claim of a run of which nothing has been heard any more, if that is how the job comes back."""
        return self.holdings.claims.of_run(job.job_id, job.run_id) if job.is_at_work else None

    def before(self, pipeline_run_id: str) -> Iterator[ClaimedJob]:
        """Yield the jobs that a run of the pipeline was handed out and still has."""
        now = self.holdings.journal.clock.now()
        for claim in self.holdings.claims.of_pipeline(pipeline_run_id):
            job = self.holdings.journal.jobs.get(claim.job_id)
            if job is None or job.is_final or job.run_id != claim.run_id or job.is_left_to_publish:
                self.holdings.claims.forget(claim)
            elif claim.expires_at > now:
                self.inputs.prepare(job)
                yield self._handed_out(job, claim)

    def _handed_out(self, job: Job, claim: LargeClaim) -> ClaimedJob:
        return ClaimedJob(job, claim, self.inputs.addresses(job, claim.run_id))


def _taken_up(claim: LargeClaim, lost: LargeClaim | None) -> str:
    place = f"by the large path (pipeline run {claim.pipeline_run_id}, try {claim.tries})"
    if lost is None:
        return f"Taken up {place}."
    over = f"{lost.expires_at:%Y-%m-%d %H:%M:%S} UTC"
    before = f"pipeline run {lost.pipeline_run_id} was not heard of until its time was over at {over}"
    return f"Taken up again {place}: {before}."
