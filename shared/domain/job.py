"""A job: one request for one dataset with all its files, and the states it passes through."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from shared.domain.deletion import Deletion


class JobState(StrEnum):
    """Where a job stands. ``silver``, ``gold`` and ``published`` mean that stage is finished."""

    AWAITING_FILE = "awaiting_file"
    RECEIVED = "received"
    ROUTED = "routed"
    SILVER = "silver"
    GOLD = "gold"
    PUBLISHED = "published"
    SUCCEEDED = "succeeded"
    SUCCEEDED_WITH_REJECTS = "succeeded_with_rejects"
    FAILED = "failed"
    STOPPED = "stopped"
    SUPERSEDED = "superseded"
    DELETING = "deleting"
    DELETED = "deleted"


#: States in which no run works on a job any more.
FINAL_STATES = frozenset(
    {
        JobState.SUCCEEDED,
        JobState.SUCCEEDED_WITH_REJECTS,
        JobState.FAILED,
        JobState.STOPPED,
        JobState.SUPERSEDED,
        JobState.DELETING,
        JobState.DELETED,
    }
)

_REPLACED_STATES = frozenset({JobState.SUPERSEDED, JobState.DELETING, JobState.DELETED})
_SUCCESSES = frozenset({JobState.SUCCEEDED, JobState.SUCCEEDED_WITH_REJECTS})

_FOR_LARGE_PATH = frozenset({JobState.ROUTED, JobState.SILVER})
_MANIFEST_STANDS = frozenset({JobState.GOLD, JobState.PUBLISHED})

#: States of a job whose files have not been taken in yet.
INTAKE_STATES = frozenset({JobState.AWAITING_FILE, JobState.RECEIVED})


class ProcessingPath(StrEnum):
    """Which way a job goes: in the function app, or the large path."""

    SMALL_BATCH = "small_batch"
    LARGE_BATCH = "large_batch"


@dataclass(frozen=True, slots=True)
class JobFile:
    """One file of a job as it was sent.

    ``blob`` is its path in ``container`` (None: bronze), ``records`` its counted records (None: not countable),
    ``table`` the one that it feeds (None: all of its dataset). ``sha256`` and ``size`` are None until it was read.
    """

    filename: str
    blob: str
    sha256: str | None
    size: int | None
    records: int | None = None
    table: str | None = None
    container: str | None = None


#: The code of the problem of a job whose files did not come in time; nothing of it is kept.
UPLOAD_EXPIRED = "upload_expired"


@dataclass(frozen=True, slots=True)
class JobProblem:
    """Why a job failed or waits: the parts of an :class:`~shared.errors.AppError` that are kept with the job."""

    code: str
    message: str
    advice: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """What is known of a job. Times are UTC with a zone; ``etag`` is the store's mark for optimistic locking.

    ``publishing`` says that its rows are in the warehouse or may be on their way there, ``stop_requested_by`` who has
    asked its present run to stop, and ``deletion`` what became of a job that was deleted. ``replay_of`` is the job
    whose files it runs once more; they stay where that one has them. ``corrects`` is the job whose rejected rows it
    brings corrected. ``awaits_copy`` says that the operational database has its rows and the analytical one not yet.
    """

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
    claimed_count: int | None = None
    attempt: int = 1
    run_id: str | None = None
    supersedes: str | None = None
    superseded_by: str | None = None
    replay_of: str | None = None
    corrects: str | None = None
    problem: JobProblem | None = None
    publishing: bool = False
    stop_requested_by: str | None = None
    deletion: Deletion | None = None
    awaits_copy: bool = False
    event_count: int = 0
    etag: str | None = None

    @property
    def is_provisional(self) -> bool:
        """Whether its path is only what its client's claim would lead to, its records not being counted."""
        return self.processing_path is not None and self.record_count is None

    @property
    def is_final(self) -> bool:
        """Whether the job has ended."""
        return self.state in FINAL_STATES

    @property
    def has_succeeded(self) -> bool:
        """Whether the job has brought its good rows into the warehouse."""
        return self.state in _SUCCESSES

    @property
    def has_judged_rows(self) -> bool:
        """Whether the job has ended, so that it can be looked at what was rejected of it."""
        return self.has_succeeded or self.state is JobState.FAILED

    @property
    def waits_for_warehouse(self) -> bool:
        """Whether the job goes on once the warehouse answers: it is to be published, or refers to rows there."""
        if self.is_final or self.problem is None:
            return False
        return self.state is JobState.GOLD or self.problem.details.get("service") == "warehouse"

    @property
    def is_for_large_path(self) -> bool:
        """Whether the job stands in the large path's queue, also when a run works on it."""
        is_large = self.processing_path is ProcessingPath.LARGE_BATCH and not self.is_provisional
        return is_large and self.state in _FOR_LARGE_PATH

    @property
    def waits_for_large_path(self) -> bool:
        """Whether the job stands in the large path's queue and no run works on it."""
        return self.is_for_large_path and not self.is_at_work

    @property
    def is_left_to_publish(self) -> bool:
        """Whether its manifest stands, so that only publishing is left to do: by the app, on either path."""
        return self.state in _MANIFEST_STANDS

    @property
    def can_be_stopped(self) -> bool:
        """Whether nothing of the job can have reached the warehouse yet."""
        return not self.is_final and not self.publishing

    @property
    def can_be_replayed(self) -> bool:
        """Whether its files were counted, and it has ended otherwise than by making place for another job."""
        return self.is_final and self.state not in _REPLACED_STATES and self.record_count is not None

    @property
    def is_at_work(self) -> bool:
        """Whether a run has taken the job up and has not told of an end or of a problem since."""
        return not self.is_final and self.run_id is not None and self.problem is None


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


def is_job_id(text: str) -> bool:
    """Tell whether a text is made like a job id."""
    return re.fullmatch("[0-9a-f]{24}", text) is not None


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
