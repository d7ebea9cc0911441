from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import narwhals as nw
import pyarrow as pa
import pytest

from shared.adapters.warehouses.duckdb import DuckDBWarehouse
from shared.adapters.warehouses.duckdb.database import database_at
from shared.errors import ConflictError, InvalidRequestError, NotFoundError, UnavailableError
from shared.ports import AggregateTable, Condition, TableLoad, WarehouseLoad

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
    rows = warehouse.read(table, columns=columns or ("id", "amount"), order_by=("id",), limit=1000)
    return [tuple(row.values()) for row in rows.to_pylist()]


def revenue(frames: Mapping[str, nw.LazyFrame[Any]]) -> nw.LazyFrame[Any]:
    return frames["orders"].select(nw.len().alias("n"), nw.col("amount").sum().cast(nw.Decimal(18, 2)).alias("revenue"))


REVENUE = AggregateTable("revenue", ("orders",), revenue)


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
    assert warehouse.read("facts").to_pylist() == rows.to_pylist()


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
    first = warehouse.load(load_of(orders(("a", "1.00")), aggregates=(REVENUE,)))
    warehouse.load(load_of(orders(("a", "9.00"), job="job-2"), job="job-2", aggregates=(REVENUE,)))
    again = warehouse.load(load_of(orders(("a", "1.00")), aggregates=(REVENUE,)))
    assert first == again == {"orders": 1, "revenue": 1}
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
    assert warehouse.read("revenue").to_pylist() == [{"n": 3, "revenue": Decimal("6.50")}]


def test_an_aggregate_may_come_as_rows(warehouse: DuckDBWarehouse) -> None:
    calendar = AggregateTable("days", ("orders",), lambda _: nw.from_native(pa.table({"day": [1, 2]})).lazy())
    assert warehouse.load(load_of(orders(("a", "1.00")), aggregates=(calendar,)))["days"] == 2
    assert warehouse.read("days").to_pylist() == [{"day": 1}, {"day": 2}]


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


def test_names_that_need_quotes_are_quoted(warehouse: DuckDBWarehouse) -> None:
    rows = pa.table({'we"ird id': ["a"], "select": [1], "_job_id": ["job-1"]})
    warehouse.load(load_of(TableLoad('ta"ble', ('we"ird id',), "upsert", rows)))
    read = warehouse.read('ta"ble', columns=('we"ird id',), conditions=[Condition("select", "=", "1")])
    assert read.to_pylist() == [{'we"ird id': "a"}]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (Condition("id", "=", "a"), ["a"]),
        (Condition("id", "!=", "a"), ["B", "c"]),
        (Condition("amount", ">", "1.50"), ["B", "c"]),
        (Condition("amount", ">=", "2"), ["B", "c"]),
        (Condition("amount", "<", "2.005"), ["B", "a"]),
        (Condition("amount", "<=", "1"), ["a"]),
        (Condition("amount", "=", "1.001"), []),
        (Condition("id", "~", "b"), ["B"]),
        (Condition("id", "~", "%"), []),
        (Condition("amount", "~", "0.0"), ["c"]),
        (Condition("id", "=", "a' OR '1'='1"), []),
    ],
)
def test_conditions_compare_as_the_column_does(
    warehouse: DuckDBWarehouse, condition: Condition, found: list[str]
) -> None:
    warehouse.load(load_of(orders(("a", "1.00"), ("B", "2.00"), ("c", "10.00"))))
    read = warehouse.read("orders", columns=("id",), conditions=[condition], order_by=("id",))
    assert read["id"].to_pylist() == found


def test_rows_are_sorted_limited_and_skipped(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(load_of(orders(("a", "1.00"), ("b", None), ("c", "3.00"))))
    assert warehouse.read("orders", order_by=("-amount",))["id"].to_pylist() == ["c", "a", "b"]
    assert warehouse.read("orders", order_by=("id",), limit=1, offset=1)["id"].to_pylist() == ["b"]
    assert warehouse.read("orders", limit=0).num_rows == 0


def test_a_value_that_does_not_fit_its_column_is_refused_without_repeating_it(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(load_of(orders(("a", "1.00"))))
    with pytest.raises(InvalidRequestError) as refusal:
        warehouse.read("orders", conditions=[Condition("amount", ">", "jane")])
    assert refusal.value.details == {"column": "amount", "type": "DECIMAL(18,2)"}
    assert "jane" not in refusal.value.message


def test_unknown_tables_and_columns_are_not_found(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(load_of(orders(("a", "1.00"))))
    for wrong in (
        lambda: warehouse.read("nowhere"),
        lambda: warehouse.read("_loads"),
        lambda: warehouse.read("orders", columns=("nothing",)),
        lambda: warehouse.read("orders", order_by=('id" DESC; DROP TABLE orders; --',)),
        lambda: warehouse.read("orders", conditions=[Condition("1=1 OR id", "=", "x")]),
    ):
        with pytest.raises(NotFoundError):
            wrong()


def test_a_query_takes_named_parameters(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(load_of(orders(("a", "1.00"), ("b", "2.00"))))
    sql = "SELECT id, ':most' AS label, amount::VARCHAR AS text FROM orders WHERE amount < :most LIMIT :rows"
    found = warehouse.query(sql, {"most": Decimal("1.5"), "rows": 10, "unused": 1})
    assert found.to_pylist() == [{"id": "a", "label": ":most", "text": "1.00"}]


def test_a_query_before_the_first_load_says_what_is_missing(warehouse: DuckDBWarehouse) -> None:
    with pytest.raises(NotFoundError) as missing:
        warehouse.query("SELECT * FROM orders LIMIT :rows", {"rows": 1})
    assert (missing.value.code, missing.value.details["tables"]) == ("nothing_loaded", ["orders"])


def test_no_statement_reaches_files(warehouse: DuckDBWarehouse, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with pytest.raises(Exception, match="disabled by configuration"):
        warehouse.query(f"SELECT * FROM read_csv('{tmp_path}/secret.csv')", {})


def test_all_that_open_one_file_in_a_process_share_it(warehouse: DuckDBWarehouse, tmp_path: Path) -> None:
    warehouse.load(load_of(orders(("a", "1.00"))))
    assert contents(DuckDBWarehouse(tmp_path / "folder" / ".." / "folder" / "warehouse.duckdb")) == contents(warehouse)


def test_readers_and_writers_share_the_warehouse(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(load_of(orders(("a", "1.00")), aggregates=(REVENUE,)))
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            job = f"job-{number}"
            load = load_of(orders(("a", "1.00"), (job, "1.00"), job=job), job=job, aggregates=(REVENUE,))
            warehouse.load(load)
        except BaseException as failure:
            failures.append(failure)

    def read() -> None:
        try:
            for _ in range(20):
                row = warehouse.read("revenue").to_pylist()[0]
                assert row["revenue"] == row["n"], "the sums of one moment belong together"
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(2, 10)]
    threads += [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert warehouse.read("revenue").to_pylist() == [{"n": 9, "revenue": Decimal("9.00")}]


def test_a_file_held_by_another_process_is_unavailable_until_it_is_free(tmp_path: Path) -> None:
    path = tmp_path / "held.duckdb"
    program = f"import duckdb, sys; c = duckdb.connect({str(path)!r}); print('open', flush=True); sys.stdin.read()"
    holder = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        warehouse = DuckDBWarehouse(path)
        with pytest.raises(UnavailableError) as unavailable:
            warehouse.ping()
        assert unavailable.value.code == "warehouse_unavailable"
    finally:
        holder.communicate()
    warehouse.ping()


def test_a_path_that_cannot_be_a_file_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UnavailableError):
        DuckDBWarehouse(tmp_path / "file" / "warehouse.duckdb").ping()


def test_a_database_that_broke_is_opened_again(warehouse: DuckDBWarehouse, tmp_path: Path) -> None:
    warehouse.load(load_of(orders(("a", "1.00"))))
    database = database_at(tmp_path / "folder" / "warehouse.duckdb")
    for broken in (duckdb.FatalException("broken"), duckdb.IOException("full")):
        with pytest.raises(UnavailableError), database.cursor():
            raise broken
    assert contents(warehouse) == [("a", Decimal("1.00"))]
