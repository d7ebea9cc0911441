"""The engines that run the rules: what differs between them, so that nothing else has to know."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol

import narwhals as nw
import pyarrow as pa
import pyarrow.compute as pc

from shared.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Frame = nw.LazyFrame[Any]
#: A function of a whole Arrow array of text to one of equal length, for what no expression can say.
BatchFunction = Callable[[pa.Array], pa.Array]


class Engine(Protocol):
    """How a kind of frame is made, kept, read, and passed through a batch function."""

    name: str
    #: Whether a frame is computed at once, so that a look at its size costs nothing extra.
    eager: bool

    def from_arrow(self, table: pa.Table) -> Frame:
        """Make a frame of an Arrow table."""

    def to_arrow(self, frame: Frame) -> pa.Table:
        """Return a frame's rows; on Spark only for what is small."""

    def persist(self, frame: Frame) -> Frame:
        """Compute a frame once and keep it, since several results are taken from it."""

    def map_values(self, values: Frame, source: str, target: str, function: BatchFunction) -> Frame:
        """Return the text column ``source`` of ``values`` with ``target``, what ``function`` makes of it."""

    def look_up(self, frame: Frame, known: Frame, on: Sequence[str]) -> Frame:
        """Add the other columns of ``known``, null where it has no row: a left join to rows unique by ``on``."""


class EagerEngine:
    """pandas with Arrow columns, or Arrow itself, in this process."""

    eager = True

    def __init__(self, name: str) -> None:
        self.name = name

    def from_arrow(self, table: pa.Table) -> Frame:
        """Make a frame of an Arrow table."""
        if self.name == "pandas":
            import pandas as pd  # noqa: PLC0415 - Arrow does without it

            return _lazy(table.to_pandas(types_mapper=pd.ArrowDtype))
        return _lazy(table)

    def to_arrow(self, frame: Frame) -> pa.Table:
        """Return a frame's rows, without the index that pandas adds."""
        rows = frame.collect()
        return _with_plain_types(rows.to_arrow().select(rows.columns))

    def persist(self, frame: Frame) -> Frame:
        """Compute a frame once."""
        return frame.collect().lazy()

    def map_values(self, values: Frame, source: str, target: str, function: BatchFunction) -> Frame:
        """Apply a batch function to a column of distinct values."""
        column = self.to_arrow(values).column(source).combine_chunks()
        return self.from_arrow(pa.table({source: column, target: function(column)}))

    def look_up(self, frame: Frame, known: Frame, on: Sequence[str]) -> Frame:
        """Join to rows unique by ``on``; Arrow's own join would copy every column of a wide frame."""
        if self.name != "pyarrow" or len(on) > 1:
            return frame.join(known, on=list(on), how="left")
        rows, found = _native(frame), _native(known).combine_chunks()
        (key,) = on
        keys = found.column(key).cast(rows.schema.field(key).type).combine_chunks()
        place = pc.index_in(rows.column(key), value_set=keys, skip_nulls=True)
        for name in found.column_names:
            if name != key:
                rows = rows.append_column(name, found.column(name).take(place))
        return _lazy(rows)


class SparkEngine:
    """Spark; it is handed its session, so that nothing here imports it."""

    name = "spark"
    eager = False

    def __init__(self, session: Any, work_uri: str | None = None) -> None:
        """Keep frames as Parquet in a folder, or without one in the memory and on the disks of the executors."""
        self._session = session
        self._work_uri = work_uri
        self._kept = count()

    def from_arrow(self, table: pa.Table) -> Frame:
        """Make a frame of an Arrow table; for small ones, since its rows pass through the driver."""
        return _lazy(self._session.createDataFrame(table).hint("broadcast"))

    def to_arrow(self, frame: Frame) -> pa.Table:
        """Return the rows of a small frame."""
        native: Any = frame.to_native()
        return _with_plain_types(native.toArrow())

    def persist(self, frame: Frame) -> Frame:
        """Keep a frame once it is computed, and forget how it was made.

        Each step that follows would otherwise be planned together with all steps before it, which takes longer than
        the steps themselves.
        """
        native: Any = frame.to_native()
        if self._work_uri is None:
            return _lazy(native.localCheckpoint(eager=False))
        place = f"{self._work_uri}{next(self._kept)}"
        native.write.mode("overwrite").parquet(place)
        return _lazy(self._session.read.parquet(place))

    def map_values(self, values: Frame, source: str, target: str, function: BatchFunction) -> Frame:
        """Apply a batch function to a column of distinct values, on the executors."""

        def of_batches(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                column = batch.column(0)
                yield pa.RecordBatch.from_arrays([column, function(column)], [source, target])

        native: Any = values.select(source).to_native()
        return _lazy(native.mapInArrow(of_batches, f"`{source}` string, `{target}` string"))

    def look_up(self, frame: Frame, known: Frame, on: Sequence[str]) -> Frame:
        """Join to rows unique by ``on``."""
        return frame.join(known, on=list(on), how="left")


def get_engine(name: str) -> Engine:
    """Return the eager engine of that name: ``pyarrow`` or ``pandas``."""
    if name not in {"pyarrow", "pandas"}:
        raise InvalidRequestError(f"The engine {name!r} is neither pyarrow nor pandas.", code="unknown_engine")
    return EagerEngine(name)


def _lazy(native: Any) -> Frame:
    frame: Frame = nw.from_native(native).lazy()
    return frame


def _native(frame: Frame) -> pa.Table:
    native: pa.Table = frame.collect().to_native()
    return native


def _with_plain_types(table: pa.Table) -> pa.Table:
    """Use ``string`` for large strings, naive microsecond timestamps for all timestamps, and drop engine metadata."""
    fields = []
    for field in table.schema:
        kind = field.type
        if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
            kind = pa.string()
        elif pa.types.is_timestamp(kind):
            kind = pa.timestamp("us")
        fields.append(pa.field(field.name, kind))
    return table.cast(pa.schema(fields))
