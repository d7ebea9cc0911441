"""What a job was asked to do, written down before the job exists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - the annotations are read when an intake is decoded

from shared.domain.job import Job, JobFile, JobProblem
from shared.domain.routing import Routing  # noqa: TC001 - likewise


@dataclass(frozen=True, slots=True)
class Intake:
    """A request as it was taken in: whoever repeats it, or finishes what a crash interrupted, works from this.

    ``routing`` is None where a file could not be counted, and ``problem`` says why.
    """

    job_id: str
    parent_job_id: str
    user_id: str
    dataset: str
    contract_version: int
    as_of: datetime
    content_key: str
    created_at: datetime
    files: tuple[JobFile, ...]
    job_name: str | None = None
    supersedes: str | None = None
    routing: Routing | None = None
    problem: JobProblem | None = None

    def new_job(self) -> Job:
        """Return the job in its first state."""
        return Job(
            job_id=self.job_id,
            parent_job_id=self.parent_job_id,
            user_id=self.user_id,
            dataset=self.dataset,
            contract_version=self.contract_version,
            as_of=self.as_of,
            content_key=self.content_key,
            created_at=self.created_at,
            updated_at=self.created_at,
            job_name=self.job_name,
            supersedes=self.supersedes,
            processing_path=self.routing.path if self.routing else None,
            record_count=self.routing.records if self.routing else None,
            problem=self.problem,
        )
