"""Loads one run's gold, and forgets a job's, inside a transaction that the caller opens and commits."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pyarrow as pa
from duckdb import DuckDBPyConnection, DuckDBPyRelation

from shared.adapters.warehouses.duckdb.database import quoted
from shared.adapters.warehouses.duckdb.staging import drop_staged, staging_table
from shared.errors import ConflictError
from shared.ports import Replacement, StagedRows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from shared.ports import AggregateTable, TableLoad, WarehouseLoad

_INCOMING = "strata_incoming"
_JOB = quoted("_job_id")
_LATER = "SELECT job_id FROM strata._loads WHERE job_order > ?"
_HAS_BOOKS = "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'strata' AND table_name = '_replaced'"
_BOOKS = """
CREATE SCHEMA IF NOT EXISTS strata;
CREATE TABLE IF NOT EXISTS strata._loads
    (job_id VARCHAR, run_id VARCHAR, user_id VARCHAR, loaded_at TIMESTAMPTZ);
ALTER TABLE strata._loads ADD COLUMN IF NOT EXISTS job_order VARCHAR DEFAULT '';
CREATE TABLE IF NOT EXISTS strata._replaced (table_name VARCHAR, job_id VARCHAR, job_order VARCHAR);
CREATE TABLE IF NOT EXISTS strata._superseded (job_id VARCHAR, by_job_id VARCHAR);
CREATE TABLE IF NOT EXISTS strata._forgotten (job_id VARCHAR, rows_by_table VARCHAR);
"""


def load_run(cursor: DuckDBPyConnection, load: WarehouseLoad) -> None:
    """Bring a run's rows, aggregates and views into the warehouse, unless they are there already.

    Raises :class:`ConflictError` when a later job has superseded this one, or it was forgotten.
    """
    cursor.execute(_BOOKS)
    _refuse_superseded(cursor, load)
    if _forgotten(cursor, load.job_id) is not None:
        raise ConflictError(f"Job {load.job_id} was deleted from the warehouse.", code="forgotten")
    run = [load.job_id, load.run_id]
    if cursor.execute("SELECT 1 FROM strata._loads WHERE job_id = ? AND run_id = ?", run).fetchall():
        drop_staged(cursor, load.tables)
        return
    departing = [*load.supersedes, load.job_id]
    cursor.execute("DELETE FROM strata._replaced WHERE job_id IN (SELECT unnest(?))", [departing])
    replaced = replacements(cursor)
    for table in load.tables:
        last = replaced.get(table.name)
        is_overtaken = last is not None and last.order > load.order
        _load_table(cursor, table, load.order, departing, is_overtaken=is_overtaken)
        if table.mode == "replace":
            cursor.execute("INSERT INTO strata._replaced VALUES (?, ?, ?)", [table.name, load.job_id, load.order])
    drop_staged(cursor, load.tables)
    for aggregate in load.aggregates:
        _recompute(cursor, aggregate)
    for name, select in load.views.items():
        if cursor.get_table_names(select) <= table_names(cursor):
            cursor.execute(f"CREATE OR REPLACE VIEW main.{quoted(name)} AS {select}")
    cursor.execute("DELETE FROM strata._loads WHERE job_id = ?", [load.job_id])
    book = [*run, load.user_id, load.loaded_at, load.order]
    cursor.execute("INSERT INTO strata._loads VALUES (?, ?, ?, ?, ?)", book)
    for earlier in load.supersedes:
        cursor.execute("INSERT INTO strata._superseded VALUES (?, ?)", [earlier, load.job_id])


def forget_job(cursor: DuckDBPyConnection, job_id: str, aggregates: Sequence[AggregateTable]) -> dict[str, int]:
    """Delete a job's rows wherever there are some, once; returns how many went from each table.

    The aggregates, which are recomputed, are not counted.
    """
    cursor.execute(_BOOKS)
    known = _forgotten(cursor, job_id)
    if known is not None:
        return known
    removed = {}
    for table in sorted(_tables_with_lineage(cursor) - {aggregate.name for aggregate in aggregates}):
        gone = cursor.execute(f"DELETE FROM main.{quoted(table)} WHERE {_JOB} = ?", [job_id]).fetchall()
        removed[table] = gone[0][0]
    removed = {table: rows for table, rows in removed.items() if rows}
    if removed:
        for aggregate in aggregates:
            _recompute(cursor, aggregate)
    for book in ("_loads", "_replaced"):
        cursor.execute(f"DELETE FROM strata.{book} WHERE job_id = ?", [job_id])
    cursor.execute("INSERT INTO strata._forgotten VALUES (?, ?)", [job_id, json.dumps(removed)])
    return removed


def replacements(cursor: DuckDBPyConnection) -> dict[str, Replacement]:
    """Return by table the job of highest order that has replaced it, none before anything was loaded."""
    if not cursor.execute(_HAS_BOOKS).fetchall():
        return {}
    rows = cursor.execute("SELECT table_name, job_id, job_order FROM strata._replaced ORDER BY job_order").fetchall()
    return {table: Replacement(job_id, order) for table, job_id, order in rows}


def rows_of(cursor: DuckDBPyConnection, load: TableLoad, job_id: str) -> int:
    """Return how many rows of a load its table holds; what comes as a stream, or staged, has lineage."""
    if isinstance(load.rows, pa.Table) and "_job_id" not in load.rows.column_names:
        return int(load.rows.num_rows)
    ((held,),) = cursor.execute(f"SELECT count(*) FROM main.{quoted(load.name)} WHERE {_JOB} = ?", [job_id]).fetchall()
    return int(held)


def table_names(cursor: DuckDBPyConnection) -> set[str]:
    """Return the names of the tables that can be read."""
    rows = cursor.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'").fetchall()
    return {name for (name,) in rows}


def columns_of(cursor: DuckDBPyConnection, table: str) -> dict[str, str]:
    """Return the columns of a table or view in order, with their types."""
    rows = cursor.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = 'main' AND table_name = ? "
        "ORDER BY column_index",
        [table],
    ).fetchall()
    return dict(rows)


def _tables_with_lineage(cursor: DuckDBPyConnection) -> set[str]:
    rows = cursor.execute(
        "SELECT table_name FROM duckdb_columns() WHERE schema_name = 'main' AND column_name = '_job_id'"
    ).fetchall()
    return {name for (name,) in rows} & table_names(cursor)


def _forgotten(cursor: DuckDBPyConnection, job_id: str) -> dict[str, int] | None:
    """Return how many rows went with a job that was forgotten, by table."""
    rows = cursor.execute("SELECT rows_by_table FROM strata._forgotten WHERE job_id = ?", [job_id]).fetchall()
    return json.loads(rows[0][0]) if rows else None


def _refuse_superseded(cursor: DuckDBPyConnection, load: WarehouseLoad) -> None:
    rows = cursor.execute("SELECT by_job_id FROM strata._superseded WHERE job_id = ?", [load.job_id]).fetchall()
    for (by,) in rows:
        raise ConflictError(f"Job {by} has taken the place of this job.", code="superseded", by=by)


def _load_table(
    cursor: DuckDBPyConnection, load: TableLoad, order: str, departing: list[str], *, is_overtaken: bool
) -> None:
    """Load rows in place of those of departing jobs and, unless they are overtaken, of jobs of a lower order."""
    table = f"main.{quoted(load.name)}"
    with _incoming(cursor, load.rows) as incoming:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {table} AS SELECT * FROM {incoming} LIMIT 0")
        columns = {name: kind for name, kind, *_ in cursor.execute(f"DESCRIBE SELECT * FROM {incoming}").fetchall()}
        _add_new_columns(cursor, load.name, columns)
        has_lineage = "_job_id" in columns
        if has_lineage:
            cursor.execute(f"DELETE FROM {table} WHERE {_JOB} IN (SELECT unnest(?))", [departing])
        if is_overtaken:
            return
        stays, parameters = "false", []
        if has_lineage and cursor.execute(_LATER, [order]).fetchone():
            stays, parameters = f"{_JOB} IN ({_LATER})", [order]
        same = " AND ".join(f"old.{quoted(key)} IS NOT DISTINCT FROM new.{quoted(key)}" for key in load.key)
        if load.mode == "replace":
            cursor.execute(f"DELETE FROM {table} WHERE ({stays}) IS NOT TRUE", parameters)
        elif load.mode == "upsert":
            of_key = f"DELETE FROM {table} AS old USING {incoming} AS new WHERE {same}"
            cursor.execute(f"{of_key} AND (old.{stays}) IS NOT TRUE" if parameters else of_key, parameters)
        insert = f"INSERT INTO {table} BY NAME SELECT * FROM {incoming}"
        if parameters and load.mode != "append":
            insert += f" AS new WHERE NOT EXISTS (SELECT 1 FROM {table} AS old WHERE {same})"
        cursor.execute(insert)


@contextmanager
def _incoming(cursor: DuckDBPyConnection, rows: pa.Table | pa.RecordBatchReader | StagedRows) -> Iterator[str]:
    """Give the rows to load a name; what can be read only once is written beside first, where it needs no memory."""
    if isinstance(rows, StagedRows):
        yield staging_table(rows.table)
    elif isinstance(rows, pa.Table):
        cursor.register(_INCOMING, rows)
        yield _INCOMING
    else:
        cursor.register(f"{_INCOMING}_stream", rows)
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE {_INCOMING}_rows AS SELECT * FROM {_INCOMING}_stream")
        cursor.unregister(f"{_INCOMING}_stream")
        yield f"temp.{_INCOMING}_rows"
        cursor.execute(f"DROP TABLE temp.{_INCOMING}_rows")


def _add_new_columns(cursor: DuckDBPyConnection, table: str, columns: Mapping[str, str]) -> None:
    """Add the columns that came for the first time; rows of earlier loads have no value there."""
    known = {name.casefold() for name in columns_of(cursor, table)}
    for name, kind in columns.items():
        if name.casefold() not in known:
            cursor.execute(f"ALTER TABLE main.{quoted(table)} ADD COLUMN {quoted(name)} {kind}")


def _recompute(cursor: DuckDBPyConnection, aggregate: AggregateTable) -> None:
    """Compute a table anew from the tables it sums up, if all of them are there."""
    if not set(aggregate.inputs) <= table_names(cursor):
        return
    inputs = {name: nw.from_native(cursor.table(f"main.{quoted(name)}")) for name in aggregate.inputs}
    computed: Any = aggregate.compute(inputs).to_native()
    target = f"CREATE OR REPLACE TABLE main.{quoted(aggregate.name)}"
    if isinstance(computed, DuckDBPyRelation):
        cursor.execute(f"{target} AS {computed.sql_query()}")
        return
    # What no query can say, such as a calendar, comes as rows.
    cursor.register(_INCOMING, computed)
    cursor.execute(f"{target} AS SELECT * FROM {_INCOMING}")
