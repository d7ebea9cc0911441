"""The warehouse port on DuckDB."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

import duckdb

from shared.adapters.warehouses.duckdb.database import database_at, quoted
from shared.adapters.warehouses.duckdb.loading import columns_of, forget_job, load_run, replacements, rows_of
from shared.adapters.warehouses.duckdb.staging import create_staging, staged_rows
from shared.errors import ConflictError, InvalidRequestError, NotFoundError
from shared.ports import TableInfo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from shared.ports import AggregateTable, Condition, Replacement, Selection, WarehouseLoad

_OPERATORS = frozenset({"=", "!=", "<", "<=", ">", ">=", "~"})
# A number is compared as it was written: cast to the column's own type, 1.5 would find the integer 2.
_WHOLE_OR_DECIMAL = re.compile(r"U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$|DECIMAL")
_EXACT = "DECIMAL(38,10)"
# Text in quotes and casts (``::``) are stepped over; what is left with one colon is a parameter.
_PARAMETER = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|::|:([a-z_][a-z0-9_]*)""", re.IGNORECASE)
_RELATIONS = """
SELECT table_name, 'table' FROM duckdb_tables() WHERE schema_name = 'main'
UNION ALL
SELECT view_name, 'view' FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal
ORDER BY 1
"""


class DuckDBWarehouse:
    """A :class:`~shared.ports.Warehouse` in one DuckDB file that this process owns."""

    def __init__(self, path: str | Path) -> None:
        self._database = database_at(path)

    def load(self, load: WarehouseLoad) -> dict[str, int]:
        """Load a run in one transaction, at most once; see :meth:`shared.ports.Warehouse.load`."""
        try:
            with self._database.transaction() as cursor:
                load_run(cursor, load)
                rows = {table.name: rows_of(cursor, table, load.job_id) for table in load.tables}
                rows |= {aggregate.name: _count(cursor, aggregate.name) for aggregate in load.aggregates}
        except (duckdb.ConversionException, duckdb.BinderException, duckdb.CatalogException) as error:
            raise ConflictError(
                f"The gold of job {load.job_id} does not fit the warehouse's tables ({type(error).__name__}).",
                code="warehouse_schema_conflict",
                advice="Compare the columns of the dataset's gold with the warehouse's; a type differs.",
            ) from error
        return rows

    def stage(self, table: str, schema: pa.Schema) -> None:
        """Make an empty staging table with these columns, in place of one of that name."""
        with self._database.transaction() as cursor:
            create_staging(cursor, table, schema)

    def staged(self, table: str) -> int | None:
        """Return how many rows a staging table holds, None while there is none."""
        with self._database.cursor() as cursor:
            return staged_rows(cursor, table)

    def forget(self, job_id: str, aggregates: Sequence[AggregateTable] = ()) -> dict[str, int]:
        """Delete the rows of a job in one transaction, at most once; see :meth:`shared.ports.Warehouse.forget`."""
        with self._database.transaction() as cursor:
            return forget_job(cursor, job_id, aggregates)

    def replacements(self) -> dict[str, Replacement]:
        """Return by table the job of highest order that has replaced it."""
        with self._database.cursor() as cursor:
            return replacements(cursor)

    def tables(self) -> list[TableInfo]:
        """Return the tables and views, by name."""
        with self._database.cursor() as cursor:
            return [
                TableInfo(name, _count(cursor, name), tuple(columns_of(cursor, name).items()), kind)
                for name, kind in _relations(cursor).items()
            ]

    def read(self, table: str, wanted: Selection) -> pa.Table:
        """Return rows of a table or view; see :meth:`shared.ports.Warehouse.read`."""
        with self._database.cursor() as cursor:
            tables = {name.casefold(): name for name in _relations(cursor)}
            if table.casefold() not in tables:
                known_tables = sorted(tables.values())
                raise NotFoundError(f"There is no table {table!r}.", code="unknown_table", known=known_tables)
            table = tables[table.casefold()]
            known = columns_of(cursor, table)
            picked = ", ".join(_column(name, known) for name in wanted.columns) or "*"
            sql, parameters = f"SELECT {picked} FROM main.{quoted(table)}", {}
            if wanted.conditions:
                clauses = [_clause(cursor, one, known, f"v{n}") for n, one in enumerate(wanted.conditions)]
                sql += " WHERE " + " AND ".join(clauses)
                parameters = {f"v{n}": one.value for n, one in enumerate(wanted.conditions)}
            if wanted.order_by:
                sql += " ORDER BY " + ", ".join(_ordering(name, known) for name in wanted.order_by)
            sql += f" LIMIT {int(wanted.limit)} OFFSET {int(wanted.offset)}"
            return cursor.sql(sql, params=parameters).to_arrow_table()

    def keys(self, table: str, column: str) -> pa.Table | None:
        """Return the distinct values of a table's key column, None while there is no such table."""
        with self._database.cursor() as cursor:
            if column not in columns_of(cursor, table):
                return None
            return cursor.sql(f"SELECT DISTINCT {quoted(column)} FROM main.{quoted(table)}").to_arrow_table()

    def query(self, sql: str, parameters: Mapping[str, Any]) -> pa.Table:
        """Run one of the datasets' own queries with ``:name`` parameters.

        Raises :class:`NotFoundError` while a table that it reads does not exist yet.
        """
        named = _PARAMETER.sub(lambda match: f"${match[1]}" if match[1] else match[0], sql)
        unnamed = _PARAMETER.sub(lambda match: "NULL" if match[1] else match[0], sql)
        used = {match[1] for match in _PARAMETER.finditer(sql) if match[1]}
        given = {name: value for name, value in parameters.items() if name in used}
        with self._database.cursor() as cursor:
            missing = sorted(cursor.get_table_names(unnamed) - set(_relations(cursor)))
            if missing:
                raise NotFoundError(
                    f"Nothing has been loaded into {', '.join(missing)} yet.",
                    code="nothing_loaded",
                    advice="Upload a file of this dataset first.",
                    tables=missing,
                )
            return cursor.sql(named, params=given).to_arrow_table()

    def ping(self) -> None:
        """Raise :class:`~shared.errors.UnavailableError` when the file cannot be opened or read."""
        with self._database.cursor() as cursor:
            cursor.execute("SELECT 1").fetchall()


def _relations(cursor: DuckDBPyConnection) -> dict[str, Literal["table", "view"]]:
    return dict(cursor.execute(_RELATIONS).fetchall())


def _count(cursor: DuckDBPyConnection, table: str) -> int:
    if table not in _relations(cursor):
        return 0
    ((rows,),) = cursor.execute(f"SELECT count(*) FROM main.{quoted(table)}").fetchall()
    return int(rows)


def _column(name: str, known: Mapping[str, str]) -> str:
    if name not in known:
        raise NotFoundError(f"There is no column {name!r}.", code="unknown_column", known=list(known))
    return quoted(name)


def _ordering(name: str, known: Mapping[str, str]) -> str:
    descending = name.startswith("-")
    return _column(name.removeprefix("-"), known) + (" DESC NULLS LAST" if descending else " ASC NULLS LAST")


def _clause(cursor: DuckDBPyConnection, condition: Condition, known: Mapping[str, str], parameter: str) -> str:
    """Return the SQL of a condition; its value stays a bound parameter of that name."""
    column = _column(condition.column, known)
    if condition.operator not in _OPERATORS:
        raise InvalidRequestError(f"The operator {condition.operator!r} is none of = != < <= > >= ~.", code="filter")
    if condition.operator == "~":
        return f"contains(lower({column}::VARCHAR), lower(${parameter}))"
    kind = known[condition.column]
    compared = _EXACT if _WHOLE_OR_DECIMAL.match(kind) else kind
    # A cast straight to TIMESTAMP would drop a zone without a word.
    through_zone = f"TRY_CAST(${parameter} AS TIMESTAMPTZ)::TIMESTAMP"
    cast = through_zone if kind == "TIMESTAMP" else f"TRY_CAST(${parameter} AS {compared})"
    ((does_not_fit,),) = cursor.execute(f"SELECT {cast} IS NULL", {parameter: condition.value}).fetchall()
    if does_not_fit:
        raise InvalidRequestError(
            f"The value given for {condition.column} does not fit its type {kind}.",
            code="invalid_filter_value",
            advice=f"Give a value of type {kind}.",
            column=condition.column,
            type=kind,
        )
    return f"{column} {condition.operator} {cast}"
