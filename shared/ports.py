"""What services need of the outside, as protocols; ``adapters`` implement them, ``bootstrap`` joins both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    import narwhals as nw
    import pyarrow as pa

    from shared.domain.job import Job, TimelineEvent
    from shared.domain.message import JobMessage


class BlobStore(Protocol):
    """Files in containers. Reading a missing blob raises :class:`~shared.errors.NotFoundError`."""

    def put(self, container: str, path: str, data: bytes | BinaryIO) -> None:
        """Write a blob, replacing what stood there."""

    def put_new(self, container: str, path: str, data: bytes) -> bool:
        """Write a blob only if none is there, atomically; returns whether it was written."""

    def get(self, container: str, path: str) -> bytes:
        """Return a blob's bytes."""

    def list(self, container: str, prefix: str) -> Iterator[str]:
        """Yield the paths of the blobs that start with ``prefix``, in path order."""

    def delete(self, container: str, path: str) -> None:
        """Delete a blob; deleting a missing one is no error."""

    def ping(self) -> None:
        """Raise :class:`~shared.errors.UnavailableError` when the store does not answer."""


class JobQueue(Protocol):
    """Queues of job messages."""

    def send(self, queue: str, message: JobMessage) -> None:
        """Put a message on a queue."""

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

    ``supersedes`` are jobs whose rows it takes the place of; they cannot be loaded any more afterwards.
    """

    job_id: str
    run_id: str
    user_id: str
    loaded_at: datetime
    tables: tuple[TableLoad, ...]
    aggregates: tuple[AggregateTable, ...] = ()
    views: Mapping[str, str] = field(default_factory=dict)
    supersedes: tuple[str, ...] = ()


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


class Warehouse(Protocol):
    """Where gold is loaded and read. Unreachable: :class:`~shared.errors.UnavailableError`."""

    def load(self, load: WarehouseLoad) -> dict[str, int]:
        """Load a run in one transaction; returns the rows that each of its tables holds of this load.

        A run that was loaded before changes nothing. Raises :class:`~shared.errors.ConflictError` when
        another job has superseded this one.
        """

    def tables(self) -> list[TableInfo]:
        """Return the tables and views, by name."""

    def read(
        self,
        table: str,
        *,
        columns: Sequence[str] = (),
        conditions: Sequence[Condition] = (),
        order_by: Sequence[str] = (),
        limit: int = 100,
        offset: int = 0,
    ) -> pa.Table:
        """Return rows of a table or view; no columns named means all. A leading ``-`` sorts descending.

        Raises :class:`~shared.errors.NotFoundError` for an unknown table or column, and
        :class:`~shared.errors.InvalidRequestError` for a value that does not fit the column's type.
        """

    def query(self, sql: str, parameters: Mapping[str, Any]) -> pa.Table:
        """Run one of the datasets' own queries with ``:name`` parameters."""

    def ping(self) -> None:
        """Raise :class:`~shared.errors.UnavailableError` when the warehouse does not answer."""


class Clock(Protocol):
    """The time, so that tests can hold it still."""

    def now(self) -> datetime:
        """Return the present time, UTC with a zone."""
