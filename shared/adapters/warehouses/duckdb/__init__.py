"""The embedded warehouse: one DuckDB file, owned by one process."""

from __future__ import annotations

from shared.adapters.warehouses.duckdb.warehouse import DuckDBWarehouse

__all__ = ["DuckDBWarehouse"]
