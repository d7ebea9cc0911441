"""Who holds which content: the first job that has it, or the last that took it over."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.domain.job import Job
    from shared.ports import JobStore


def claim(jobs: JobStore, content_key: str, job_id: str, *, take_over: bool) -> tuple[tuple[str, ...], Job | None]:
    """Claim content for a job; returns its holders, the present one last, and the job of that one if it is another.

    There is no such job while the request that claimed the content has not come that far, or if it died before. A
    deleted job holds nothing.
    """
    while True:
        holders = jobs.claim_content(content_key, job_id, take_over=take_over)
        known = None if holders[-1] == job_id else jobs.get(holders[-1])
        if known is None or known.deletion is None:
            return holders, known
        jobs.release_content(content_key, known.job_id)
