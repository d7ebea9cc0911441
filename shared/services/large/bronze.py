"""Bronze on Spark: the shards of a job become a frame of text columns a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa

from shared.domain.shards import ShardIndex
from shared.frames.engine import lazy_frame
from shared.readers.json_shards import read_sharded
from shared.readers.rows import FAULTS, FILE, ROW_NO, SEQUENCE
from shared.readers.schema import schema_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shared.contracts.model import Contract
    from shared.contracts.table import Table
    from shared.frames.engine import Frame
    from shared.services.large.run import LargeRun

#: Where a job's shards lie beneath its input, and the keys its rows may refer to.
SHARDS, REFERENCES = "shards/", "references/"
INDEX = f"{SHARDS}index.json"

_TABLE = "_table"
_PLACE = f"`{FAULTS}` string, `{FILE}` string, `{ROW_NO}` bigint, `{SEQUENCE}` bigint"


def read_index(session: Any, run: LargeRun) -> ShardIndex:
    """Return the index of a job's shards."""
    text = session.read.text(f"{run.input_uri}{INDEX}", wholetext=True).first()[0]
    return msgspec.json.decode(text, type=ShardIndex)


def bronze_frames(session: Any, run: LargeRun, index: ShardIndex, contract: Contract) -> dict[str, Frame]:
    """Return the rows of every table of the contract, with the columns that the readers give; some may have none."""
    frames: dict[str, list[Any]] = {table.name: [] for table in contract.tables}
    for name, paths in (index.rows or {}).items():
        frames[name].append(session.read.parquet(*(f"{run.input_uri}{SHARDS}{path}" for path in paths)))
    if index.records:
        folder = f"{run.work_uri}bronze/"
        writer = _parse(session, run, index, contract).write.option("parquet.enable.dictionary", "false")
        writer.mode("overwrite").partitionBy(_TABLE).parquet(folder)
        parsed = session.read.parquet(folder)
        for table in contract.tables:
            frames[table.name].append(parsed.filter(f"`{_TABLE}` = '{table.name}'").selectExpr(*_renamed(table)))
    return {table.name: _joined(session, frames[table.name], table) for table in contract.tables}


def loaded_keys(session: Any, run: LargeRun) -> dict[str, Frame]:
    """Return the keys of rows of earlier jobs that rows of this one may refer to, by table."""
    files = session.read.format("binaryFile").option("recursiveFileLookup", "true").load(run.input_uri)
    paths = [row.path for row in files.select("path").collect()]
    found = [path for path in paths if f"/{REFERENCES}" in path and path.endswith(".parquet")]
    return {path.rpartition("/")[2].removesuffix(".parquet"): lazy_frame(session.read.parquet(path)) for path in found}


def findings(session: Any, run: LargeRun, index: ShardIndex) -> dict[str, pa.Table]:
    """Return what the dataset's own reader says of rows, by table."""
    places = (index.findings or {}).items()
    return {name: session.read.parquet(f"{run.input_uri}{SHARDS}{path}").toArrow() for name, path in places}


def _parse(session: Any, run: LargeRun, index: ShardIndex, contract: Contract) -> Any:
    """Parse the records once, into rows of all tables in columns without names, each with its table's name."""
    width = max(len(table.columns) for table in contract.tables)
    parts = index.parts

    def rows_of(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            rows: dict[str, list[pa.RecordBatch]] = {}
            for name, found in read_sharded(batch.column(0).to_pylist(), contract, parts):
                rows.setdefault(name, []).append(found)
            for name, found_ones in rows.items():
                yield from _without_names(pa.Table.from_batches(found_ones), name, width).to_batches()

    paths = [f"{run.input_uri}{SHARDS}{path}" for path in index.records]
    lines = session.read.option("lineSep", "\n").text(paths)
    cells = ", ".join(f"`{name}` string" for name in _cells(width))
    return lines.mapInArrow(rows_of, f"{cells}, {_PLACE}, `{_TABLE}` string")


def _without_names(rows: pa.Table, name: str, width: int) -> pa.Table:
    *cells, faults, file, row_no, sequence = rows.combine_chunks().columns
    blanks = [pa.nulls(rows.num_rows, pa.string())] * (width - len(cells))
    columns = [*cells, *blanks, faults, file, row_no, sequence, pa.repeat(name, rows.num_rows)]
    return pa.table(columns, names=[*_cells(width), FAULTS, FILE, ROW_NO, SEQUENCE, _TABLE])


def _cells(width: int) -> list[str]:
    return [f"cell_{number}" for number in range(width)]


def _renamed(table: Table) -> list[str]:
    """Return the table's columns as SQL, out of cells without names."""
    named = zip(_cells(len(table.columns)), table.columns, strict=True)
    return [
        *(f"`{cell}` as `{name}`" for cell, name in named),
        *(f"`{name}`" for name in (FAULTS, FILE, ROW_NO, SEQUENCE)),
    ]


def _joined(session: Any, frames: Sequence[Any], table: Table) -> Frame:
    if not frames:
        return lazy_frame(session.createDataFrame(schema_of(table).empty_table()))
    first, *others = frames
    for other in others:
        first = first.unionByName(other)
    return lazy_frame(first)
