"""The warehouse as a protocol, and what it is given and asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    import narwhals as nw
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class StagedRows:
    """Rows that wait in a staging table of the warehouse itself; the table goes when they are loaded."""

    table: str


@dataclass(frozen=True, slots=True)
class TableLoad:
    """Rows for one warehouse table. ``upsert`` replaces rows of equal key, ``replace`` the whole table.

    Rows that would not fit into memory come as a reader, which is read once, or wait in the warehouse.
    """

    name: str
    key: tuple[str, ...]
    mode: Literal["upsert", "replace", "append"]
    rows: pa.Table | pa.RecordBatchReader | StagedRows


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

    def stage(self, table: str, schema: pa.Schema) -> None:
        """Make an empty staging table with these columns, in place of one of that name."""

    def staged(self, table: str) -> int | None:
        """Return how many rows a staging table holds, None while there is none."""

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
