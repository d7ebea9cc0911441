from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from shared.errors import ConflictError
from shared.ports import AggregateTable, Selection, TableLoad
from tests.unit.adapters.warehouses.conftest import REVENUE, contents, load_of, orders

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    import narwhals as nw

    from shared.adapters.warehouses.duckdb import DuckDBWarehouse


def test_the_rows_of_a_job_go_from_every_table_and_others_stay(warehouse: DuckDBWarehouse) -> None:
    goods = TableLoad("goods", ("sku",), "upsert", pa.table({"sku": ["A"], "_job_id": ["job-1"]}))
    warehouse.load(load_of(orders(("a", "1.00"), ("b", "2.00")), goods))
    warehouse.load(load_of(orders(("c", "3.00"), job="job-2"), job="job-2"))
    assert warehouse.forget("job-1") == {"goods": 1, "orders": 2}
    assert contents(warehouse) == [("c", Decimal("3.00"))]
    assert warehouse.read("goods", Selection()).num_rows == 0


def test_rows_that_a_later_job_delivered_too_are_its_own(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(load_of(orders(("a", "1.00"), ("b", "2.00"))))
    warehouse.load(load_of(orders(("b", "2.00"), job="job-2"), job="job-2"))
    assert warehouse.forget("job-1") == {"orders": 1}
    assert contents(warehouse) == [("b", Decimal("2.00"))]


def test_aggregates_are_recomputed_without_the_rows_and_not_counted(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(load_of(orders(("a", "1.00")), aggregates=(REVENUE,)))
    warehouse.load(load_of(orders(("b", "2.00"), job="job-2"), job="job-2", aggregates=(REVENUE,)))
    assert warehouse.forget("job-2", (REVENUE,)) == {"orders": 1}
    assert warehouse.read("revenue", Selection()).to_pylist() == [{"n": 1, "revenue": Decimal("1.00")}]


def test_views_follow(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(load_of(orders(("a", "1.00")), views={"all_orders": "SELECT * FROM orders"}))
    warehouse.forget("job-1")
    assert warehouse.read("all_orders", Selection()).num_rows == 0


def test_a_forgotten_job_cannot_be_loaded_any_more(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(load_of(orders(("a", "1.00"))))
    warehouse.forget("job-1")
    for run in ("run-1", "run-2"):
        with pytest.raises(ConflictError) as conflict:
            warehouse.load(load_of(orders(("a", "1.00")), run=run))
        assert conflict.value.code == "forgotten"
    assert contents(warehouse) == []


def test_forgetting_twice_tells_the_same_and_touches_nothing_new(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(load_of(orders(("a", "1.00"))))
    first = warehouse.forget("job-1")
    assert warehouse.forget("job-1") == first == {"orders": 1}


def test_a_job_that_never_loaded_anything_is_forgotten_too(warehouse: DuckDBWarehouse) -> None:
    assert warehouse.forget("job-1") == {}
    with pytest.raises(ConflictError):
        warehouse.load(load_of(orders(("a", "1.00"))))


def test_a_job_that_was_superseded_has_no_rows_and_its_successor_keeps_its_own(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(load_of(orders(("a", "1.00"))))
    warehouse.load(load_of(orders(("a", "1.00"), job="job-2"), job="job-2", supersedes=("job-1",)))
    assert warehouse.forget("job-1") == {}
    assert contents(warehouse) == [("a", Decimal("1.00"))]


def test_a_deletion_that_fails_leaves_all_as_it_was(warehouse: DuckDBWarehouse) -> None:
    def broken(_: Mapping[str, nw.LazyFrame[Any]]) -> nw.LazyFrame[Any]:
        raise ZeroDivisionError

    warehouse.load(load_of(orders(("a", "1.00"))))
    with pytest.raises(ZeroDivisionError):
        warehouse.forget("job-1", (AggregateTable("sums", ("orders",), broken),))
    assert contents(warehouse) == [("a", Decimal("1.00"))]
    assert warehouse.forget("job-1") == {"orders": 1}
