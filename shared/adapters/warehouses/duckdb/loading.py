"""Loads one run's gold, and forgets a job's, inside a transaction that the caller opens and commits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import narwhals as nw
from duckdb import DuckDBPyConnection, DuckDBPyRelation

from shared.adapters.warehouses.duckdb.database import quoted
from shared.errors import ConflictError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.ports import AggregateTable, TableLoad, WarehouseLoad

_INCOMING = "strata_incoming"
_JOB = quoted("_job_id")
_BOOKS = """
CREATE SCHEMA IF NOT EXISTS strata;
CREATE TABLE IF NOT EXISTS strata._loads
    (job_id VARCHAR, run_id VARCHAR, user_id VARCHAR, loaded_at TIMESTAMPTZ);
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
        return
    for table in load.tables:
        _load_table(cursor, table, departing=(*load.supersedes, load.job_id))
    for aggregate in load.aggregates:
        _recompute(cursor, aggregate)
    for name, select in load.views.items():
        if cursor.get_table_names(select) <= table_names(cursor):
            cursor.execute(f"CREATE OR REPLACE VIEW main.{quoted(name)} AS {select}")
    cursor.execute("DELETE FROM strata._loads WHERE job_id = ?", [load.job_id])
    cursor.execute("INSERT INTO strata._loads VALUES (?, ?, ?, ?)", [*run, load.user_id, load.loaded_at])
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
    cursor.execute("DELETE FROM strata._loads WHERE job_id = ?", [job_id])
    cursor.execute("INSERT INTO strata._forgotten VALUES (?, ?)", [job_id, json.dumps(removed)])
    return removed


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


def _load_table(cursor: DuckDBPyConnection, load: TableLoad, departing: tuple[str, ...]) -> None:
    table = f"main.{quoted(load.name)}"
    cursor.register(_INCOMING, load.rows)
    cursor.execute(f"CREATE TABLE IF NOT EXISTS {table} AS SELECT * FROM {_INCOMING} LIMIT 0")
    _add_new_columns(cursor, load.name)
    if load.mode == "replace":
        cursor.execute(f"DELETE FROM {table}")
    elif "_job_id" in load.rows.column_names:
        cursor.execute(f"DELETE FROM {table} WHERE {_JOB} IN (SELECT unnest(?))", [list(departing)])
    if load.mode == "upsert":
        same = " AND ".join(f"old.{quoted(key)} IS NOT DISTINCT FROM new.{quoted(key)}" for key in load.key)
        cursor.execute(f"DELETE FROM {table} AS old USING {_INCOMING} AS new WHERE {same}")
    cursor.execute(f"INSERT INTO {table} BY NAME SELECT * FROM {_INCOMING}")


def _add_new_columns(cursor: DuckDBPyConnection, table: str) -> None:
    """Add the columns that came for the first time; rows of earlier loads have no value there."""
    known = {name.casefold() for name in columns_of(cursor, table)}
    for name, kind, *_ in cursor.execute(f"DESCRIBE {_INCOMING}").fetchall():
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
