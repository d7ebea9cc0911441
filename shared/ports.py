"""What services need of the outside, as protocols; ``adapters`` implement them, ``bootstrap`` joins both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    import narwhals as nw
    import pyarrow as pa

    from shared.domain.job import Job, TimelineEvent
    from shared.domain.message import JobMessage


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


class JobQueue(Protocol):
    """Queues of job messages."""

    def send(self, queue: str, message: JobMessage, delay: timedelta | None = None) -> None:
        """Put a message on a queue, to be seen after a delay."""

    def ping(self) -> None:
        """Raise :class:`~shared.errors.UnavailableError` when the queues do not answer."""


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs to list; ``name`` matches anywhere in the job's name, in any case."""

    dataset: str | None = None
    state: str | None = None
    path: str | None = None
    parent_job_id: str | None = None
    user_id: str | None = None
    name: str | None = None
    created_after: datetime | None = None


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


@dataclass(frozen=True, slots=True)
class TableLoad:
    """Rows for one warehouse table. ``upsert`` replaces rows of equal key, ``replace`` the whole table."""

    name: str
    key: tuple[str, ...]
    mode: Literal["upsert", "replace", "append"]
    rows: pa.Table


@dataclass(frozen=True, slots=True)
class AggregateTable:
    """A table recomputed from other warehouse tables in the loading transaction.

    ``compute`` takes the input tables as lazy frames by name and returns the aggregate's lazy frame.
    """

    name: str
    inputs: tuple[str, ...]
    compute: Callable[[Mapping[str, nw.LazyFrame[Any]]], nw.LazyFrame[Any]]


@dataclass(frozen=True, slots=True)
class WarehouseLoad:
    """All that one run brings to a warehouse; loaded in one transaction, and at most once per (job, run).

    ``supersedes`` are jobs whose rows it takes the place of; they cannot be loaded any more afterwards. ``order`` sorts
    jobs: what a job of a higher order has loaded stays, whichever of the two is loaded last.
    """

    job_id: str
    run_id: str
    user_id: str
    loaded_at: datetime
    tables: tuple[TableLoad, ...]
    aggregates: tuple[AggregateTable, ...] = ()
    views: Mapping[str, str] = field(default_factory=dict)
    supersedes: tuple[str, ...] = ()
    order: str = ""


@dataclass(frozen=True, slots=True)
class Replacement:
    """The last job that has replaced a warehouse table as a whole, and its order."""

    job_id: str
    order: str


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A table or view that can be read: its name, number of rows, and columns with their SQL types."""

    name: str
    rows: int
    columns: tuple[tuple[str, str], ...]
    kind: Literal["table", "view"] = "table"


@dataclass(frozen=True, slots=True)
class Condition:
    """One filter of a table read: a column, an operator, and the value as text, cast to the column's type."""

    column: str
    operator: Literal["=", "!=", "<", "<=", ">", ">=", "~"]
    value: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows of a table are wanted: no columns named means all, and a leading ``-`` sorts descending."""

    columns: Sequence[str] = ()
    conditions: Sequence[Condition] = ()
    order_by: Sequence[str] = ()
    limit: int = 100
    offset: int = 0


class Warehouse(Protocol):
    """Where gold is loaded and read. Unreachable: :class:`~shared.errors.UnavailableError`."""

    def load(self, load: WarehouseLoad) -> dict[str, int]:
        """Load a run in one transaction; returns the rows that each of its tables holds of this job.

        Those of jobs of a higher order stay: their rows of equal key, and all of a table that such a job has replaced.
        A run that was loaded before changes nothing. Raises :class:`~shared.errors.ConflictError` when
        another job has superseded this one (``superseded``), or it was forgotten (``forgotten``).
        """

    def forget(self, job_id: str, aggregates: Sequence[AggregateTable] = ()) -> dict[str, int]:
        """Delete the rows of a job in one transaction, and load none of its runs from then on.

        Returns the rows deleted by table; whoever repeats it gets the same numbers. ``aggregates`` are recomputed.
        """

    def replacements(self) -> dict[str, Replacement]:
        """Return by table the job of highest order that has replaced it."""

    def tables(self) -> list[TableInfo]:
        """Return the tables and views, by name."""

    def read(self, table: str, wanted: Selection) -> pa.Table:
        """Return rows of a table or view.

        Raises :class:`~shared.errors.NotFoundError` for an unknown table or column, and
        :class:`~shared.errors.InvalidRequestError` for a value that does not fit the column's type.
        """

    def keys(self, table: str, column: str) -> pa.Table | None:
        """Return the distinct values of a table's key column, None while there is no such table."""

    def query(self, sql: str, parameters: Mapping[str, Any]) -> pa.Table:
        """Run one of the datasets' own queries with ``:name`` parameters."""

    def ping(self) -> None:
        """Raise :class:`~shared.errors.UnavailableError` when the warehouse does not answer."""


class Clock(Protocol):
    """The time, so that tests can hold it still."""

    def now(self) -> datetime:
        """Return the present time, UTC with a zone."""
