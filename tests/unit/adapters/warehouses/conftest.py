"""A warehouse in a file of its own, and rows to load into it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pyarrow as pa
import pytest

from shared.adapters.warehouses.duckdb import DuckDBWarehouse
from shared.ports import AggregateTable, Selection, TableLoad, WarehouseLoad

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


@pytest.fixture
def warehouse(tmp_path: Path) -> DuckDBWarehouse:
    return DuckDBWarehouse(tmp_path / "folder" / "warehouse.duckdb")


def orders(*rows: tuple[Any, Any], job: str = "job-1", **columns: pa.Array) -> TableLoad:
    """Rows of (order number, amount)."""
    numbers, amounts = [row[0] for row in rows], [None if row[1] is None else Decimal(row[1]) for row in rows]
    table = {"id": pa.array(numbers, pa.string()), "amount": pa.array(amounts, pa.decimal128(18, 2)), **columns}
    table["_job_id"] = pa.array([job] * len(rows), pa.string())
    return TableLoad("orders", ("id",), "upsert", pa.table(table))


def load_of(*tables: TableLoad, job: str = "job-1", run: str = "run-1", **more: Any) -> WarehouseLoad:
    return WarehouseLoad(job_id=job, run_id=run, user_id="user", loaded_at=NOW, tables=tables, **more)


def contents(warehouse: DuckDBWarehouse, table: str = "orders", *columns: str) -> list[tuple[Any, ...]]:
    rows = warehouse.read(table, Selection(columns=columns or ("id", "amount"), order_by=("id",), limit=1000))
    return [tuple(row.values()) for row in rows.to_pylist()]


def revenue(frames: Mapping[str, nw.LazyFrame[Any]]) -> nw.LazyFrame[Any]:
    return frames["orders"].select(nw.len().alias("n"), nw.col("amount").sum().cast(nw.Decimal(18, 2)).alias("revenue"))


REVENUE = AggregateTable("revenue", ("orders",), revenue)
