"""What services need of the outside, as protocols; ``adapters`` implement them, ``bootstrap`` joins both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from shared.ports.warehouse import (
    AggregateTable,
    Condition,
    Replacement,
    Selection,
    StagedRows,
    TableInfo,
    TableLoad,
    Warehouse,
    WarehouseLoad,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime, timedelta

    from shared.domain.job import Job, TimelineEvent
    from shared.domain.message import JobMessage
    from shared.domain.roles import Principal


__all__ = [
    "AggregateTable",
    "BlobInfo",
    "BlobStore",
    "Clock",
    "Condition",
    "HeldMessage",
    "JobFilter",
    "JobPage",
    "JobQueue",
    "JobStore",
    "PipelineClient",
    "Replacement",
    "Selection",
    "StagedRows",
    "TableInfo",
    "TableLoad",
    "TokenVerifier",
    "UploadSigner",
    "Warehouse",
    "WarehouseLoad",
    "Web",
]


@dataclass(frozen=True, slots=True)
class BlobInfo:
    """A blob as it stands: ``etag`` changes with its content."""

    path: str
    size: int
    etag: str
    modified: datetime


class BlobStore(Protocol):
    """Files in containers. Reading a missing blob raises :class:`~shared.errors.NotFoundError`."""

    def prepare(self, container: str) -> None:
        """Make a container that others are to write to; one that is there already is no error."""

    def put(self, container: str, path: str, data: bytes | BinaryIO) -> None:
        """Write a blob, replacing what stood there."""

    def put_new(self, container: str, path: str, data: bytes) -> bool:
        """Write a blob only if none is there, atomically; returns whether it was written."""

    def get(self, container: str, path: str) -> bytes:
        """Return a blob's bytes."""

    def open(self, container: str, path: str) -> BinaryIO:
        """Return a blob as a seekable stream that holds a few megabytes at a time.

        Raises :class:`~shared.errors.ConflictError` while it is read when the blob is replaced meanwhile.
        """

    def stat(self, container: str, path: str) -> BlobInfo | None:
        """Return what is known of a blob, or None when it is not there."""

    def scan(self, container: str, prefix: str, *, uncommitted: bool = False) -> Iterator[BlobInfo]:
        """Yield what is known of the blobs that start with ``prefix``, in path order.

        With ``uncommitted`` also those of which blocks were sent, but that were never completed.
        """

    def copy(self, source: tuple[str, str], target: tuple[str, str], etag: str) -> None:
        """Copy a blob within the store, without a byte passing through here; what is at the target already stays.

        Raises :class:`~shared.errors.ConflictError` when the source is no longer as its etag says.
        """

    def list(self, container: str, prefix: str) -> Iterator[str]:
        """Yield the paths of the blobs that start with ``prefix``, in path order."""

    def delete(self, container: str, path: str, etag: str | None = None) -> None:
        """Delete a blob, with an etag only if it is still that one; deleting a missing one is no error."""

    def ping(self) -> None:
        """Raise :class:`~shared.errors.UnavailableError` when the store does not answer."""


class UploadSigner(Protocol):
    """Addresses to which somebody without an account may upload."""

    def upload_url(self, container: str, path: str, expires_at: datetime) -> str:
        """Return an address that lets its holder write this one blob, and nothing else, until it expires."""


class Web(Protocol):
    """Files that others offer on the web."""

    def fetch(self, url: str, into: BinaryIO, most_bytes: int) -> str:
        """Write the file at an address to a stream; returns its name there, which may be empty.

        Only http and https, and only addresses that are allowed, also where one leads on to another. Raises
        :class:`~shared.errors.InvalidRequestError` for any other, and an :class:`~shared.errors.AppError` of a status
        below 500 when the file cannot be had, takes too long or has more than ``most_bytes``.
        """


@dataclass(frozen=True, slots=True)
class HeldMessage:
    """A message that nobody else sees for a while: ``receipt`` proves the hold, ``tries`` counts this one too.

    ``text`` is None where it is not encoded as our messages are; ``raw`` is the body as it stands in the queue.
    """

    message_id: str
    receipt: str
    tries: int
    text: str | None
    raw: str


class JobQueue(Protocol):
    """Queues of job messages."""

    def send(self, queue: str, message: JobMessage, delay: timedelta | None = None) -> None:
        """Put a message on a queue, to be seen after a delay."""

    def send_held(self, queue: str, message: JobMessage, hold: timedelta) -> HeldMessage:
        """Put a message on a queue that nobody sees for a while; to hold it counts as its first try."""

    def receive(self, queue: str, hold: timedelta) -> HeldMessage | None:
        """Take a message that can be seen and keep others from seeing it; None when there is none."""

    def hold(self, queue: str, message_id: str, receipt: str, hold: timedelta) -> str | None:
        """Hold a message for that long from now, not at all with zero; returns the new receipt.

        Returns None when somebody else has it by now, or it is gone.
        """

    def remove(self, queue: str, message_id: str, receipt: str) -> bool:
        """Delete a message; returns False when somebody else has it by now, or it is gone."""

    def set_aside(self, queue: str, message_id: str, receipt: str, raw: str) -> None:
        """Move a message to the queue's poison queue, its body as it is."""

    def ping(self) -> None:
        """Raise :class:`~shared.errors.UnavailableError` when the queues do not answer."""


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs to list; ``name`` matches anywhere in the job's name, in any case.

    With ``awaits_copy`` only those that the analytical warehouse does not have yet.
    """

    dataset: str | None = None
    state: str | None = None
    path: str | None = None
    parent_job_id: str | None = None
    user_id: str | None = None
    name: str | None = None
    created_after: datetime | None = None
    awaits_copy: bool = False


@dataclass(frozen=True, slots=True)
class JobPage:
    """Some jobs, newest first, and where the next page starts (None at the end)."""

    jobs: tuple[Job, ...]
    next_token: str | None


class JobStore(Protocol):
    """Jobs, their timelines, and who owns which content."""

    def create(self, job: Job, event: TimelineEvent) -> Job | None:
        """Insert a job with its first event; returns None when a job of that id is already there."""

    def get(self, job_id: str) -> Job | None:
        """Return a job with its etag, or None."""

    def save(self, job: Job, event: TimelineEvent | None = None) -> Job:
        """Replace a job, adding an event in the same transaction.

        Raises :class:`~shared.errors.ConflictError` when the job changed since it was read.
        """

    def events(self, job_id: str) -> list[TimelineEvent]:
        """Return a job's timeline in order."""

    def find(self, wanted: JobFilter, limit: int, token: str | None = None) -> JobPage:
        """Return a page of jobs."""

    def claim_content(self, content_key: str, job_id: str, *, take_over: bool = False) -> tuple[str, ...]:
        """Make ``job_id`` the holder of the content if nobody holds it, or in any case with ``take_over``.

        Returns the ids of all its holders so far, the present one last.
        """

    def release_content(self, content_key: str, job_id: str) -> None:
        """Take ``job_id`` off the holders of the content; no error if it is none of them."""

    def content_holders(self, content_key: str) -> tuple[str, ...]:
        """Return the ids of all holders of the content so far, the present one last."""

    def ping(self) -> None:
        """Raise :class:`~shared.errors.UnavailableError` when the store does not answer."""


class PipelineClient(Protocol):
    """Data Factory, or what stands in for it. Unreachable: :class:`~shared.errors.UnavailableError`."""

    def start(self, pipeline: str, parameters: Mapping[str, Any]) -> str:
        """Start a pipeline and return the id of its run, without waiting for it."""


class TokenVerifier(Protocol):
    """An identity provider that issues tokens."""

    def verify(self, token: str) -> Principal:
        """Return who holds a token, with no more than the role that this identity has.

        Raises :class:`~shared.errors.UnauthenticatedError` for a token that is not valid, saying why,
        :class:`~shared.errors.ForbiddenError` where it is, but the identity has no role, and
        :class:`~shared.errors.UnavailableError` when it cannot be verified now.
        """


class Clock(Protocol):
    """The time, so that tests can hold it still."""

    def now(self) -> datetime:
        """Return the present time, UTC with a zone."""
