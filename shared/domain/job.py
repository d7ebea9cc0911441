"""A job: one request for one dataset with all its files, and the states it passes through."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime


class JobState(StrEnum):
    """Where a job stands. ``silver``, ``gold`` and ``published`` mean that stage is finished."""

    RECEIVED = "received"
    ROUTED = "routed"
    SILVER = "silver"
    GOLD = "gold"
    PUBLISHED = "published"
    SUCCEEDED = "succeeded"
    SUCCEEDED_WITH_REJECTS = "succeeded_with_rejects"
    FAILED = "failed"
    SUPERSEDED = "superseded"


#: States in which nothing more happens by itself.
FINAL_STATES = frozenset({JobState.SUCCEEDED, JobState.SUCCEEDED_WITH_REJECTS, JobState.FAILED, JobState.SUPERSEDED})


class ProcessingPath(StrEnum):
    """Which way a job goes: in the function app, or the large path."""

    SMALL_BATCH = "small_batch"
    LARGE_BATCH = "large_batch"


@dataclass(frozen=True, slots=True)
class JobFile:
    """One file of a job as it was sent.

    ``blob`` is its path in bronze, ``records`` its counted records (None: not countable).
    """

    filename: str
    blob: str
    sha256: str
    size: int
    records: int | None = None


@dataclass(frozen=True, slots=True)
class JobProblem:
    """Why a job failed or waits: the parts of an :class:`~shared.errors.AppError` that are kept with the job."""

    code: str
    message: str
    advice: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """What is known of a job. Times are UTC with a zone; ``etag`` is the store's mark for optimistic locking."""

    job_id: str
    parent_job_id: str
    user_id: str
    dataset: str
    contract_version: int
    as_of: datetime
    content_key: str
    created_at: datetime
    updated_at: datetime
    state: JobState = JobState.RECEIVED
    job_name: str | None = None
    processing_path: ProcessingPath | None = None
    record_count: int | None = None
    attempt: int = 1
    run_id: str | None = None
    supersedes: str | None = None
    superseded_by: str | None = None
    problem: JobProblem | None = None
    event_count: int = 0
    etag: str | None = None

    @property
    def is_final(self) -> bool:
        """Whether the job has ended."""
        return self.state in FINAL_STATES


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One entry of a job's story: the state reached, when (UTC), how long the stage took, and a remark."""

    state: str
    at: datetime
    ms: int | None = None
    note: str | None = None


#: How the ids of runs begin.
RUN_PREFIX = "run-"

_LAST_MILLISECOND = 2**48 - 1


def new_job_id(now: datetime) -> str:
    """Make a job id whose text order is newest first, so that a key-ordered store lists the latest jobs first."""
    return _inverted(now) + secrets.token_hex(6)


def first_job_id_after(moment: datetime) -> str:
    """Return the text that the ids of all jobs made after ``moment`` sort before."""
    return _inverted(moment)


def _inverted(moment: datetime) -> str:
    return f"{_LAST_MILLISECOND - int(moment.timestamp() * 1000):012x}"


def new_run_id(attempt: int) -> str:
    """Make the id of one processing run of a job; every output path contains it."""
    return f"{RUN_PREFIX}{attempt}-{secrets.token_hex(4)}"


def attempt_of(run_id: str) -> int:
    """Return the attempt in which a run was made."""
    return int(run_id.removeprefix(RUN_PREFIX).partition("-")[0])
