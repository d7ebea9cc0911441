"""Staging tables: rows that were copied into the warehouse and wait to be merged, in a schema that nobody reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.adapters.warehouses.duckdb.database import quoted
from shared.ports import StagedRows

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from shared.ports import TableLoad

#: The schema of the staging tables.
STAGING = "staging"
_EMPTY = "strata_empty"


def staging_table(name: str) -> str:
    """Return a staging table's full name for SQL."""
    return f"{STAGING}.{quoted(name)}"


def create_staging(cursor: DuckDBPyConnection, name: str, schema: pa.Schema) -> None:
    """Make an empty staging table with these columns, in place of one of that name."""
    cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {STAGING}")
    cursor.register(_EMPTY, schema.empty_table())
    cursor.execute(f"CREATE OR REPLACE TABLE {staging_table(name)} AS SELECT * FROM {_EMPTY}")
    cursor.unregister(_EMPTY)


def staged_rows(cursor: DuckDBPyConnection, name: str) -> int | None:
    """Return how many rows a staging table holds, None while there is none."""
    known = "SELECT 1 FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?"
    if not cursor.execute(known, [STAGING, name]).fetchall():
        return None
    ((rows,),) = cursor.execute(f"SELECT count(*) FROM {staging_table(name)}").fetchall()
    return int(rows)


def drop_staged(cursor: DuckDBPyConnection, tables: Iterable[TableLoad]) -> None:
    """Drop the staging tables that were loaded."""
    for table in tables:
        if isinstance(table.rows, StagedRows):
            cursor.execute(f"DROP TABLE IF EXISTS {staging_table(table.rows.table)}")
