from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pyarrow as pa
import pytest

from shared.errors import ConflictError
from shared.ports import AggregateTable, Selection, TableLoad
from tests.unit.adapters.warehouses.conftest import REVENUE, contents, load_of, orders, revenue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.adapters.warehouses.duckdb import DuckDBWarehouse


def test_a_table_appears_with_the_types_of_its_first_load(warehouse: DuckDBWarehouse) -> None:
    rows = pa.table(
        {
            "id": pa.array([1], pa.int64()),
            "price": pa.array([Decimal("9.99")], pa.decimal128(18, 2)),
            "at": pa.array([datetime(2026, 1, 1, 1, 2, 3, 456789)], pa.timestamp("us")),
            "day": pa.array([date(2026, 1, 1)], pa.date32()),
            "share": pa.array([0.5], pa.float64()),
            "open": pa.array([True], pa.bool_()),
            "kind": pa.array(["a"]).dictionary_encode(),
        }
    )
    warehouse.load(load_of(TableLoad("facts", ("id",), "upsert", rows)))
    types = dict(warehouse.tables()[0].columns)
    assert types == {
        "id": "BIGINT",
        "price": "DECIMAL(18,2)",
        "at": "TIMESTAMP",
        "day": "DATE",
        "share": "DOUBLE",
        "open": "BOOLEAN",
        "kind": "VARCHAR",
    }
    assert warehouse.read("facts", Selection()).to_pylist() == rows.to_pylist()


def test_upsert_replaces_rows_of_equal_key_and_keeps_the_others(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(load_of(orders(("a", "1.00"), ("b", "2.00"))))
    warehouse.load(load_of(orders(("b", "3.00"), ("c", "4.00"), job="job-2"), job="job-2"))
    assert contents(warehouse) == [("a", Decimal("1.00")), ("b", Decimal("3.00")), ("c", Decimal("4.00"))]


def test_an_empty_key_equals_an_empty_key(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(load_of(orders((None, "1.00"))))
    warehouse.load(load_of(orders((None, "2.00"), job="job-2"), job="job-2"))
    assert contents(warehouse) == [(None, Decimal("2.00"))]


def test_replace_leaves_only_the_new_rows(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(load_of(orders(("a", "1.00"))))
    replacing = replace(orders(("b", "2.00"), job="job-2"), mode="replace")
    warehouse.load(load_of(replacing, job="job-2"))
    assert contents(warehouse) == [("b", Decimal("2.00"))]


def test_append_adds_rows_but_never_those_of_the_same_job_twice(warehouse: DuckDBWarehouse) -> None:
    appending = replace(orders(("a", "1.00")), mode="append")
    warehouse.load(load_of(appending))
    warehouse.load(load_of(appending, run="run-2"))
    other = replace(orders(("a", "1.00"), job="job-2"), mode="append")
    warehouse.load(load_of(other, job="job-2"))
    assert contents(warehouse, "orders", "id", "_job_id") == [("a", "job-1"), ("a", "job-2")]


def test_the_same_run_twice_changes_nothing(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(load_of(orders(("a", "1.00")), aggregates=(REVENUE,)))
    warehouse.load(load_of(orders(("a", "9.00"), job="job-2"), job="job-2", aggregates=(REVENUE,)))
    again = warehouse.load(load_of(orders(("a", "1.00")), aggregates=(REVENUE,)))
    assert again == {"orders": 0, "revenue": 1}
    assert contents(warehouse) == [("a", Decimal("9.00"))]


def test_a_new_column_is_added_and_empty_for_earlier_rows(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(load_of(orders(("a", "1.00"))))
    warehouse.load(load_of(orders(("b", "2.00"), job="job-2", channel=pa.array(["web"])), job="job-2"))
    assert contents(warehouse, "orders", "id", "channel") == [("a", None), ("b", "web")]


def test_a_column_that_no_longer_comes_stays_empty(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(load_of(orders(("a", "1.00"), channel=pa.array(["web"]))))
    warehouse.load(load_of(orders(("b", "2.00"), job="job-2"), job="job-2"))
    assert contents(warehouse, "orders", "id", "channel") == [("a", "web"), ("b", None)]


def test_a_column_whose_type_does_not_fit_is_a_conflict_and_leaves_all_as_it_was(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(load_of(orders(("a", "1.00"))))
    wrong = pa.table({"id": ["b"], "amount": ["much"], "_job_id": ["job-2"]})
    with pytest.raises(ConflictError) as conflict:
        warehouse.load(load_of(TableLoad("orders", ("id",), "upsert", wrong), job="job-2"))
    assert conflict.value.code == "warehouse_schema_conflict"
    assert contents(warehouse) == [("a", Decimal("1.00"))]


def test_aggregates_are_recomputed_from_all_that_the_warehouse_holds(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(load_of(orders(("a", "1.00"), ("b", "2.00")), aggregates=(REVENUE,)))
    warehouse.load(load_of(orders(("b", "5.00"), ("c", "0.50"), job="job-2"), job="job-2", aggregates=(REVENUE,)))
    assert warehouse.read("revenue", Selection()).to_pylist() == [{"n": 3, "revenue": Decimal("6.50")}]


def test_an_aggregate_may_come_as_rows(warehouse: DuckDBWarehouse) -> None:
    calendar = AggregateTable("days", ("orders",), lambda _: nw.from_native(pa.table({"day": [1, 2]})).lazy())
    assert warehouse.load(load_of(orders(("a", "1.00")), aggregates=(calendar,)))["days"] == 2
    assert warehouse.read("days", Selection()).to_pylist() == [{"day": 1}, {"day": 2}]


def test_an_aggregate_of_tables_that_are_not_there_yet_waits(warehouse: DuckDBWarehouse) -> None:
    waiting = AggregateTable("later", ("orders", "missing"), revenue)
    assert warehouse.load(load_of(orders(("a", "1.00")), aggregates=(waiting,)))["later"] == 0
    assert [table.name for table in warehouse.tables()] == ["orders"]


def test_views_appear_once_their_tables_exist(warehouse: DuckDBWarehouse) -> None:
    views = {"big_orders": "SELECT * FROM orders WHERE amount > 1", "nothing": "SELECT * FROM missing"}
    warehouse.load(load_of(orders(("a", "1.00"), ("b", "2.00")), views=views))
    assert [(table.name, table.kind, table.rows) for table in warehouse.tables()] == [
        ("big_orders", "view", 1),
        ("orders", "table", 2),
    ]


def test_a_view_follows_a_table_that_gains_a_column(warehouse: DuckDBWarehouse) -> None:
    views = {"all_orders": "SELECT * FROM orders"}
    warehouse.load(load_of(orders(("a", "1.00")), views=views))
    wider = orders(("b", "2.00"), job="job-2", channel=pa.array(["web"]))
    warehouse.load(load_of(wider, job="job-2", views=views))
    assert contents(warehouse, "all_orders", "id", "channel") == [("a", None), ("b", "web")]


def test_rows_of_superseded_jobs_go_with_the_load(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(load_of(orders(("a", "1.00"), ("b", "2.00"))))
    warehouse.load(load_of(orders(("b", "2.00"), job="job-2"), job="job-2", supersedes=("job-1",)))
    assert contents(warehouse) == [("b", Decimal("2.00"))]


def test_a_superseded_job_cannot_be_loaded_any_more(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(load_of(orders(("a", "1.00"), job="job-2"), job="job-2", supersedes=("job-1",)))
    with pytest.raises(ConflictError) as conflict:
        warehouse.load(load_of(orders(("a", "7.00"), ("z", "1.00"))))
    assert (conflict.value.code, conflict.value.details["by"]) == ("superseded", "job-2")
    assert contents(warehouse) == [("a", Decimal("1.00"))]


def test_a_failing_load_leaves_nothing_behind(warehouse: DuckDBWarehouse) -> None:
    def broken(_: Mapping[str, nw.LazyFrame[Any]]) -> nw.LazyFrame[Any]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        warehouse.load(load_of(orders(("a", "1.00")), aggregates=(AggregateTable("sums", ("orders",), broken),)))
    assert warehouse.tables() == []
    assert warehouse.load(load_of(orders(("a", "1.00")))) == {"orders": 1}
