"""Holds what contenders wrote against each other: a time only counts when the result is the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from devkit.bench.layers import GOLD, QUARANTINE, SILVER

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path

#: Of a rejected row, where it stands and why; how that is put into words is each program's own.
_OF_A_VERDICT = ("_row_no", "column", "rule")


@dataclass(frozen=True, slots=True)
class Results:
    """Rows and a digest of all values by ``layer/table``, and the figures that sum a run up."""

    tables: dict[str, tuple[int, int]]
    revenue: Decimal
    fact_sha256: str

    def differences(self, other: Results) -> list[str]:
        """Return which tables differ, and whether the sums do."""
        names = sorted(self.tables.keys() | other.tables.keys())
        different = [name for name in names if self.tables.get(name) != other.tables.get(name)]
        if (self.revenue, self.fact_sha256) != (other.revenue, other.fact_sha256):
            different.append("revenue")
        return different

    def rows(self, layer: str) -> int:
        """Return how many rows the tables of a layer have together."""
        return sum(rows for name, (rows, _) in self.tables.items() if name.startswith(f"{layer}/"))


def read_results(out: Path) -> Results:
    """Read what a contender wrote below ``out``."""
    with duckdb.connect() as database:
        tables = {
            f"{layer}/{table}": _digest(database, files, layer)
            for layer in (SILVER, QUARANTINE, GOLD)
            for table, files in written_tables(out, layer).items()
        }
        orders = written_tables(out, GOLD)["dw_orders"]
        facts = f"SELECT order_item_id || '|' || quantity || '|' || unit_price FROM '{orders}'"
        lines = sorted(line for (line,) in database.execute(facts).fetchall())
        [(revenue,)] = database.execute(f"SELECT coalesce(sum(amount), 0) FROM '{orders}'").fetchall()
    return Results(tables, revenue, hashlib.sha256("\n".join(lines).encode()).hexdigest())


def written_tables(out: Path, layer: str) -> dict[str, Path]:
    """Return by table where its file stands, or as a pattern those in the folder that Spark makes of a table."""
    found = sorted((out / layer).iterdir())
    return {path.stem: path / "*.parquet" if path.is_dir() else path for path in found}


def wrong_verdicts(out: Path, answers: Path) -> list[str]:
    """Return the tables whose verdicts below ``out`` are not those of the answer key."""
    key = json.loads(answers.read_bytes())["tables"]
    written = written_tables(out, QUARANTINE)
    with duckdb.connect() as database:
        return [table for table, expected in key.items() if _verdicts(database, written[table]) != _expected(expected)]


def _verdicts(database: duckdb.DuckDBPyConnection, files: Path) -> set[tuple[int, str, str]]:
    columns = ", ".join(f'"{name}"' for name in _OF_A_VERDICT)
    return set(database.execute(f"SELECT {columns} FROM '{files}'").fetchall())


def _expected(answers: dict[str, Any]) -> set[tuple[int, str, str]]:
    rejected = {(int(row), found["column"], found["rule"]) for row, found in answers["quarantined"].items()}
    repeated = {(int(row), "id", "duplicate") for row in answers["duplicate"]}
    return rejected | repeated | {(int(row), *pair) for row, pairs in answers["findings"].items() for pair in pairs}


def _digest(database: duckdb.DuckDBPyConnection, files: Path, layer: str) -> tuple[int, int]:
    """Return a table's rows and a number that depends on every value but not on the order of rows and columns."""
    names = sorted(name for name, *_ in database.execute(f"DESCRIBE FROM '{files}'").fetchall())
    wanted = _OF_A_VERDICT if layer == QUARANTINE else [name for name in names if not name.startswith("_")]
    values = ", ".join(f'coalesce(CAST("{name}" AS VARCHAR), chr(0))' for name in wanted)
    query = f"SELECT count(*), coalesce(sum(hash(concat_ws(chr(31), {values}))), 0) FROM '{files}'"
    [(rows, digest)] = database.execute(query).fetchall()
    return rows, int(digest)
