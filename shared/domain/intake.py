"""What a job was asked to do, written down before the job exists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - the annotations are read when an intake is decoded
from typing import Any

from shared.domain.job import Job, JobFile, JobProblem
from shared.domain.routing import Estimate, Routing  # noqa: TC001 - likewise

_LEARNT = ("contract_version", "content_key", "supersedes", "processing_path", "record_count", "problem")


@dataclass(frozen=True, slots=True)
class Intake:
    """A request as it was taken in: whoever repeats it, or finishes what a crash interrupted, works from this.

    ``routing`` is None where a file could not be counted, and ``problem`` says why. Where the files come later,
    ``content_key`` is empty until they were read, ``deadline`` is when they are waited for no longer, and ``arrived``
    are paths and etags of the blobs that they came as. ``batch`` names files that were dropped together without a
    request; ``files`` are none until it is settled which of them make the job. ``estimate`` is what the client claimed.
    ``replay_of`` is the job that had the files before. ``corrects`` is the job whose rejected rows the files hold
    corrected, and ``builds_on`` are the jobs, in their order, to whose accepted rows they are added. ``order`` is that
    in which the job counts among others, empty while its files are waited for. ``adds`` says that its rows are but some
    of their table's.
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
    as_of_given: bool = False
    force: bool = False
    deadline: datetime | None = None
    batch: str | None = None
    arrived: tuple[tuple[str, str], ...] = ()
    estimate: Estimate | None = None
    replay_of: str | None = None
    corrects: str | None = None
    builds_on: tuple[str, ...] = ()
    order: str = ""
    adds: bool = False

    @property
    def replaces(self) -> bool:
        """Whether its rows take the place of all of a table that is loaded so, and do not come on top of them."""
        return not self.adds and self.corrects is None

    def learnt(self) -> dict[str, Any]:
        """Return what is known of the job once its files were read, by the names of its fields."""
        job = self.new_job()
        return {name: getattr(job, name) for name in _LEARNT}

    def new_job(self) -> Job:
        """Return the job in its first state."""
        shown = self.routing or self.estimate
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
            replay_of=self.replay_of,
            corrects=self.corrects,
            processing_path=shown.path if shown else None,
            record_count=self.routing.records if self.routing else None,
            claimed_count=self.estimate.records if self.estimate else None,
            problem=self.problem,
        )
