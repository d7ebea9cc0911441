"""Copies rows into the local warehouse and runs scripts on it, as Data Factory does with a database server."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, BinaryIO

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from shared.adapters.warehouses.duckdb.database import database_at, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

_INCOMING = "workbench_incoming"
_ROWS_AT_A_TIME = 65_536
_MOST_ROWS_ANSWERED = 5_000


class WorkbenchError(Exception):
    """What was asked of the warehouse cannot be done; the text says why."""


class Workbench:
    """Works on a DuckDB file that this process has open."""

    def __init__(self, path: str) -> None:
        self._database = database_at(path)

    def copy(self, schema: str, table: str, source: BinaryIO, keys: Sequence[str], *, create: bool) -> dict[str, Any]:
        """Bring the rows of a Parquet file into a table, all or none, a few at a time in memory.

        With ``create`` the table is made where it is missing; with ``keys`` rows of equal key are replaced. Raises
        :class:`WorkbenchError`.
        """
        target = f"{quoted(schema)}.{quoted(table)}"
        try:
            parquet = pq.ParquetFile(source)
            rows = pa.RecordBatchReader.from_batches(parquet.schema_arrow, parquet.iter_batches(_ROWS_AT_A_TIME))
            with self._database.transaction() as cursor:
                cursor.register(f"{_INCOMING}_stream", rows)
                cursor.execute(f"CREATE OR REPLACE TEMP TABLE {_INCOMING} AS SELECT * FROM {_INCOMING}_stream")
                if create:
                    cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")
                    cursor.execute(f"CREATE TABLE IF NOT EXISTS {target} AS SELECT * FROM {_INCOMING} LIMIT 0")
                if keys:
                    same = " AND ".join(f"old.{quoted(key)} = new.{quoted(key)}" for key in keys)
                    cursor.execute(f"DELETE FROM {target} AS old USING {_INCOMING} AS new WHERE {same}")
                cursor.execute(f"INSERT INTO {target} BY NAME SELECT * FROM {_INCOMING}")
                cursor.execute(f"DROP TABLE temp.{_INCOMING}")
        except (duckdb.Error, pa.ArrowException) as error:
            raise WorkbenchError(str(error)) from error
        return {"rowsCopied": parquet.metadata.num_rows}

    def run(self, schema: str, text: str) -> dict[str, Any]:
        """Run the statements of a script one after the other; a transaction that it leaves open is undone.

        Names without a schema are those of ``schema``. Returns the rows of each SELECT and how many rows the other
        statements changed. Raises :class:`WorkbenchError`.
        """
        sets: list[dict[str, Any]] = []
        changed = 0
        with self._database.writing, self._database.cursor() as cursor:
            try:
                cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")
                cursor.execute(f"SET schema = '{schema}'")
                for statement in cursor.extract_statements(text):
                    cursor.execute(statement)
                    if statement.type is duckdb.StatementType.SELECT:
                        sets.append(_rows(cursor))
                    elif duckdb.ExpectedResultType.CHANGED_ROWS in statement.expected_result_type:
                        changed += sum(int(row[0]) for row in cursor.fetchall())
            except duckdb.Error as error:
                raise WorkbenchError(str(error)) from error
            finally:
                with suppress(duckdb.Error):
                    cursor.rollback()
        return {"resultSetCount": len(sets), "resultSets": sets, "recordsAffected": changed}


def _rows(cursor: DuckDBPyConnection) -> dict[str, Any]:
    names = [column[0] for column in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchmany(_MOST_ROWS_ANSWERED)]
    return {"rowCount": len(rows), "rows": rows}
