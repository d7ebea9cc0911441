from __future__ import annotations

import subprocess
import sys
import threading
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pytest

from shared.adapters.warehouses.duckdb import DuckDBWarehouse
from shared.adapters.warehouses.duckdb.database import database_at
from shared.errors import InvalidRequestError, NotFoundError, UnavailableError
from shared.ports import Condition, Selection, TableLoad
from tests.unit.adapters.warehouses.conftest import NOW, REVENUE, contents, load_of, orders

if TYPE_CHECKING:
    from pathlib import Path


def test_names_that_need_quotes_are_quoted(warehouse: DuckDBWarehouse) -> None:
    rows = pa.table({'we"ird id': ["a"], "select": [1], "_job_id": ["job-1"]})
    warehouse.load(load_of(TableLoad('ta"ble', ('we"ird id',), "upsert", rows)))
    read = warehouse.read('ta"ble', Selection(columns=('we"ird id',), conditions=[Condition("select", "=", "1")]))
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
    read = warehouse.read("orders", Selection(columns=("id",), conditions=[condition], order_by=("id",)))
    assert read["id"].to_pylist() == found


@pytest.mark.parametrize("moment", ["2026-01-15T12:00:00Z", "2026-01-15T14:00:00+02:00", "2026-01-15 12:00:00"])
def test_a_moment_is_the_same_in_any_zone(warehouse: DuckDBWarehouse, moment: str) -> None:
    at = pa.array([NOW.replace(tzinfo=None), NOW.replace(tzinfo=None, hour=13)], pa.timestamp("us"))
    warehouse.load(load_of(orders(("a", 1), ("b", 1), at=at)))
    assert warehouse.read("orders", Selection(conditions=[Condition("at", "<=", moment)]))["id"].to_pylist() == ["a"]


def test_rows_are_sorted_limited_and_skipped(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(load_of(orders(("a", "1.00"), ("b", None), ("c", "3.00"))))
    assert warehouse.read("orders", Selection(order_by=("-amount",)))["id"].to_pylist() == ["c", "a", "b"]
    assert warehouse.read("orders", Selection(order_by=("id",), limit=1, offset=1))["id"].to_pylist() == ["b"]
    assert warehouse.read("orders", Selection(limit=0)).num_rows == 0


def test_a_value_that_does_not_fit_its_column_is_refused_without_repeating_it(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(load_of(orders(("a", "1.00"))))
    with pytest.raises(InvalidRequestError) as refusal:
        warehouse.read("orders", Selection(conditions=[Condition("amount", ">", "jane")]))
    assert refusal.value.details == {"column": "amount", "type": "DECIMAL(18,2)"}
    assert "jane" not in refusal.value.message


def test_unknown_tables_and_columns_are_not_found(warehouse: DuckDBWarehouse) -> None:
    warehouse.load(load_of(orders(("a", "1.00"))))
    for wrong in (
        lambda: warehouse.read("nowhere", Selection()),
        lambda: warehouse.read("_loads", Selection()),
        lambda: warehouse.read("orders", Selection(columns=("nothing",))),
        lambda: warehouse.read("orders", Selection(order_by=('id" DESC; DROP TABLE orders; --',))),
        lambda: warehouse.read("orders", Selection(conditions=[Condition("1=1 OR id", "=", "x")])),
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
                row = warehouse.read("revenue", Selection()).to_pylist()[0]
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
    assert warehouse.read("revenue", Selection()).to_pylist() == [{"n": 9, "revenue": Decimal("9.00")}]


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


def test_the_keys_of_a_table_come_once_each_in_their_type(warehouse: DuckDBWarehouse) -> None:
    rows = pa.table({"id": pa.array([1, 2, 3], pa.int64()), "of": pa.array([7, 7, None], pa.int64())})
    warehouse.load(load_of(TableLoad("parts", ("id",), "upsert", rows)))
    keys = warehouse.keys("parts", "id")
    assert keys is not None
    assert keys.schema == pa.schema([("id", pa.int64())])
    assert sorted(keys["id"].to_pylist()) == [1, 2, 3]
    again = warehouse.keys("parts", "of")
    assert again is not None
    assert again.num_rows == 2


def test_a_table_that_is_not_there_has_no_keys(warehouse: DuckDBWarehouse) -> None:
    assert warehouse.keys("parts", "id") is None
    warehouse.load(load_of(orders(("a", 1))))
    assert warehouse.keys("orders", "number") is None
