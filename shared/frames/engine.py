"""The engines that run the rules: what differs between them, so that nothing else has to know."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count, starmap
from typing import TYPE_CHECKING, Any, Protocol

import narwhals as nw
import pyarrow as pa
import pyarrow.compute as pc

from shared.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Frame = nw.LazyFrame[Any]
#: A function of a whole Arrow array of text to one of equal length, for what no expression can say.
BatchFunction = Callable[[pa.Array], pa.Array]
#: Makes of a batch function and the name of its result's type a function of columns.
ArrowUdf = Callable[[BatchFunction, str], Callable[..., Any]]


_GREATEST = "_greatest"
_ROWS = "_rows"


class Engine(Protocol):
    """How a kind of frame is made, kept, read, and passed through a batch function."""

    name: str
    #: Whether a frame is computed at once, so that a look at its size costs nothing extra.
    eager: bool
    #: How many tables are worked at side by side: on Spark, while the steps for one are planned others are computed.
    tables_at_once: int

    def from_arrow(self, table: pa.Table) -> Frame:
        """Make a frame of an Arrow table."""

    def to_arrow(self, frame: Frame) -> pa.Table:
        """Return a frame's rows; on Spark only for what is small."""

    def persist(self, frame: Frame) -> Frame:
        """Compute a frame once and keep it, since several results are taken from it."""

    def keep(self, frame: Frame, layer: str, table: str) -> Frame:
        """Do the same with what is a table of a layer (silver, quarantine, gold), and so a result of the run."""

    def with_mapped(self, frame: Frame, targets: Mapping[str, str], function: BatchFunction) -> Frame:
        """Add a text column for each of some others, by whose names it is named: what ``function`` makes of that.

        Null where the other is null.
        """

    def with_marks(self, frame: Frame, place: str, seen: Sequence[str], mark: Callable[[Frame], Frame]) -> Frame:
        """Add the columns that ``mark`` adds to a kept frame, for most rows null (or false, which may become null).

        ``mark`` looks at the columns ``seen``, and at ``place``, which no two rows have in common.
        """

    def with_first(self, frame: Frame, key: Sequence[str], latest: str, place: str, target: str) -> Frame:
        """Add where, of the rows of equal key with the greatest ``latest``, the one of least ``place`` stands.

        Rows without ``latest`` are left aside, and so are those of which a part of the key is null: for these, and for
        rows whose key no other has, ``target`` may be anything that is not another row's place.
        """

    def look_up(self, frame: Frame, known: Frame, on: Sequence[str]) -> Frame:
        """Add the other columns of ``known``, null where it has no row: a left join to rows unique by ``on``."""


class EagerEngine:
    """pandas with Arrow columns, or Arrow itself, in this process."""

    eager = True
    tables_at_once = 1

    def __init__(self, name: str) -> None:
        self.name = name

    def from_arrow(self, table: pa.Table) -> Frame:
        """Make a frame of an Arrow table."""
        if self.name == "pandas":
            import pandas as pd  # noqa: PLC0415 - Arrow does without it

            return lazy_frame(table.to_pandas(types_mapper=pd.ArrowDtype))
        return lazy_frame(table)

    def to_arrow(self, frame: Frame) -> pa.Table:
        """Return a frame's rows, without the index that pandas adds."""
        rows = frame.collect()
        return _with_plain_types(rows.to_arrow().select(rows.columns))

    def persist(self, frame: Frame) -> Frame:
        """Compute a frame once."""
        return frame.collect().lazy()

    def keep(self, frame: Frame, layer: str, table: str) -> Frame:
        """Compute a frame once."""
        return self.persist(frame)

    def with_mapped(self, frame: Frame, targets: Mapping[str, str], function: BatchFunction) -> Frame:
        """Apply a batch function to the distinct values of each column."""
        for source, target in targets.items():
            column = self.to_arrow(frame.select(source).drop_nulls().unique()).column(source).combine_chunks()
            mapped = self.from_arrow(pa.table({source: column, target: function(column)}))
            frame = self.look_up(frame, mapped, [source])
        return frame

    def with_marks(self, frame: Frame, place: str, seen: Sequence[str], mark: Callable[[Frame], Frame]) -> Frame:
        """Mark the rows of the frame itself, which copies nothing here."""
        return mark(frame)

    def with_first(self, frame: Frame, key: Sequence[str], latest: str, place: str, target: str) -> Frame:
        """Group and join, not by a window: on Arrow a window's result loses its rows beyond 32,768 of them."""
        valid = frame.select(*key, latest, place).filter(~nw.col(latest).is_null())
        by_key = valid.group_by(*key).agg(nw.col(latest).max().alias(_GREATEST), nw.len().alias(_ROWS))
        repeated = valid.join(by_key.filter(nw.col(_ROWS) > 1), on=list(key), how="inner")
        candidates = repeated.filter(nw.col(latest) == nw.col(_GREATEST))
        return self.look_up(frame, candidates.group_by(*key).agg(nw.col(place).min().alias(target)), key)

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
        return lazy_frame(rows)


class SparkEngine:
    """Spark; it is handed its session and what makes functions for columns, so that nothing here imports it."""

    name = "spark"
    eager = False
    tables_at_once = 4

    def __init__(
        self, session: Any, arrow_udf: ArrowUdf, work_uri: str | None = None, layers: Mapping[str, str] | None = None
    ) -> None:
        """Keep frames as Parquet in a folder, or without one in the memory and on the disks of the executors.

        ``arrow_udf`` is ``pyspark.sql.functions.arrow_udf``. What is to become of the run is written below the folders
        of ``layers`` at once, and is not written again.
        """
        self._session = session
        self._arrow_udf = arrow_udf
        self._work_uri = work_uri
        self._layers = layers or {}
        self._kept = count()

    def from_arrow(self, table: pa.Table) -> Frame:
        """Make a frame of an Arrow table; for small ones, since its rows pass through the driver."""
        return lazy_frame(self._session.createDataFrame(table).hint("broadcast"))

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
            return lazy_frame(native.localCheckpoint(eager=False))
        # Looking for values that repeat takes longer than it saves in files that are read twice and removed.
        writer = native.write.option("parquet.enable.dictionary", "false")
        return self._written(native, writer, f"{self._work_uri}{next(self._kept)}")

    def keep(self, frame: Frame, layer: str, table: str) -> Frame:
        """Write a result to its place, as the small path writes it."""
        if layer not in self._layers:
            return self.persist(frame)
        native: Any = frame.to_native()
        timed = {name for name, kind in native.dtypes if kind == "timestamp"}
        # All times are UTC, and none says so in the files of the small path either.
        plain = {name: f"cast(`{name}` as timestamp_ntz) as `{name}`" for name in timed}
        rows = native.selectExpr(*(plain.get(name, f"`{name}`") for name in native.columns))
        return self._written(rows, rows.write.option("compression", "zstd"), f"{self._layers[layer]}{table}")

    def _written(self, native: Any, writer: Any, folder: str) -> Frame:
        writer.mode("overwrite").parquet(folder)
        # The schema is known, and reading it again from files takes as long as a small table.
        return lazy_frame(self._session.read.schema(native.schema).parquet(folder))

    def with_mapped(self, frame: Frame, targets: Mapping[str, str], function: BatchFunction) -> Frame:
        """Apply a batch function on the executors, to the distinct values of each batch.

        To all columns in one step: each further one would hold a Python process of its own at the same time.
        """

        def of_array(values: pa.Array) -> pa.Array:
            distinct = values.dictionary_encode()
            return function(distinct.dictionary).take(distinct.indices)

        native: Any = frame.to_native()
        mapped = self._arrow_udf(of_array, "string")
        return lazy_frame(native.withColumns({target: mapped(f"`{source}`") for source, target in targets.items()}))

    def with_marks(self, frame: Frame, place: str, seen: Sequence[str], mark: Callable[[Frame], Frame]) -> Frame:
        """Mark rows by few of their columns, and bring the few marks to the rows instead of these to each other."""
        marked = mark(frame.select(place, *seen))
        marks = {name: kind for name, kind in marked.collect_schema().items() if name not in {place, *seen}}
        is_marked = nw.any_horizontal(*starmap(_is_marked, marks.items()), ignore_nulls=True)
        return self.look_up(frame, self.persist(marked.filter(is_marked).select(place, *marks)), [place])

    def with_first(self, frame: Frame, key: Sequence[str], latest: str, place: str, target: str) -> Frame:
        """Look through windows, for which the rows are brought together by key once, and not thrice as by joins."""
        takes_part = nw.all_horizontal(*(~nw.col(name).is_null() for name in key), ignore_nulls=True)
        frame = frame.with_columns(nw.when(takes_part).then(nw.col(latest)).alias(_GREATEST))
        greatest = nw.col(_GREATEST).max().over(*key)
        frame = frame.with_columns(nw.when(nw.col(_GREATEST) == greatest).then(nw.col(place)).alias(_GREATEST))
        return frame.with_columns(nw.col(_GREATEST).min().over(*key).alias(target)).drop(_GREATEST)

    def look_up(self, frame: Frame, known: Frame, on: Sequence[str]) -> Frame:
        """Join to rows unique by ``on``."""
        return frame.join(known, on=list(on), how="left")


def _is_marked(name: str, kind: object) -> nw.Expr:
    return nw.col(name) if kind == nw.Boolean() else ~nw.col(name).is_null()


def get_engine(name: str) -> Engine:
    """Return the eager engine of that name: ``pyarrow`` or ``pandas``."""
    if name not in {"pyarrow", "pandas"}:
        raise InvalidRequestError(f"The engine {name!r} is neither pyarrow nor pandas.", code="unknown_engine")
    return EagerEngine(name)


def lazy_frame(native: Any) -> Frame:
    """Return a table of any of the libraries as a frame."""
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
