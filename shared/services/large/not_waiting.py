"""Says why the large path cannot take up a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.job import JobState, ProcessingPath
from shared.errors import ConflictError

if TYPE_CHECKING:
    from shared.domain.job import Job


def not_waiting(job: Job) -> ConflictError:
    """Return the error that tells where a job stands instead of waiting for the large path."""
    if job.processing_path is not ProcessingPath.LARGE_BATCH:
        reason, advice = "does not take the large path", "A small job is processed at once."
    elif job.is_final or job.is_left_to_publish:
        reason, advice = f"is {job.state.value}", "There is nothing left for the large path to do."
    elif job.state in {JobState.AWAITING_FILE, JobState.RECEIVED}:
        reason, advice = "waits for its files", "Start it when they are there."
    else:
        reason, advice = "is being worked on", "Follow its timeline."
    return ConflictError(f"Job {job.job_id} {reason}.", code="not_waiting", advice=advice, state=job.state.value)
