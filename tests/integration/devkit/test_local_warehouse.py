from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import anyio
import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from starlette.applications import Starlette

from devkit.host.local_warehouse import LocalWarehouse

if TYPE_CHECKING:
    from pathlib import Path


class Caller:
    """Calls the routes of a local warehouse without a server."""

    def __init__(self, url: str) -> None:
        self._app = Starlette(routes=LocalWarehouse({"STRATA_WAREHOUSE_URL": url}).routes)

    def post(self, path: str, **options: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self._app), base_url="http://host") as http:
                return await http.post(f"/admin/warehouse/{path}", **options)

        return anyio.run(send)

    def copy(self, table: str, rows: pa.Table, **options: str) -> httpx.Response:
        body = io.BytesIO()
        pq.write_table(rows, body)
        return self.post("copy", params={"table": table, **options}, content=body.getvalue())

    def script(self, text: str, **options: str) -> httpx.Response:
        return self.post("script", json={"text": text, **options})


@pytest.fixture
def caller(tmp_path: Path) -> Caller:
    return Caller(f"duckdb:///{tmp_path}/warehouse.duckdb")


GOODS = pa.table({"sku": ["A", "B"], "price": pa.array([Decimal("1.50"), None], pa.decimal128(18, 2))})


def test_rows_are_copied_into_a_table_that_is_made_and_read_again(caller: Caller) -> None:
    assert caller.copy("synapse.goods", GOODS, create="true").json() == {"rowsCopied": 2}
    assert caller.script('SELECT sku, price FROM "synapse"."goods" ORDER BY 1').json() == {
        "resultSetCount": 1,
        "resultSets": [{"rowCount": 2, "rows": [{"sku": "A", "price": "1.50"}, {"sku": "B", "price": None}]}],
        "recordsAffected": 0,
    }


def test_rows_are_added_or_replace_those_of_equal_key(caller: Caller) -> None:
    caller.copy("synapse.goods", GOODS, create="true")
    caller.copy("synapse.goods", GOODS, keys="sku")
    caller.copy("synapse.goods", GOODS)
    counted = caller.script("SELECT sku, count(*) AS n FROM goods GROUP BY sku ORDER BY 1").json()["resultSets"][0]
    assert counted["rows"] == [{"sku": "A", "n": 2}, {"sku": "B", "n": 2}]


def test_a_script_says_how_many_rows_it_changed_in_the_schema_that_is_meant(caller: Caller) -> None:
    caller.copy("staging.goods", GOODS, create="true")
    changed = caller.script("UPDATE goods SET sku = 'C'; SELECT DISTINCT sku FROM goods", schema="staging").json()
    assert (changed["recordsAffected"], changed["resultSets"][0]["rows"]) == (2, [{"sku": "C"}])


def test_a_script_that_fails_amid_its_transaction_changes_nothing_and_says_why(caller: Caller) -> None:
    caller.copy("synapse.goods", GOODS, create="true")
    failed = caller.script("BEGIN TRANSACTION; DELETE FROM goods; DELETE FROM nothing; COMMIT;")
    assert failed.status_code == 422
    assert "nothing" in failed.text
    assert caller.script("SELECT count(*) AS n FROM goods").json()["resultSets"][0]["rows"] == [{"n": 2}]


def test_a_table_that_is_not_there_is_not_made_unasked(caller: Caller) -> None:
    assert caller.copy("synapse.goods", GOODS).status_code == 422


@pytest.mark.parametrize("table", ["goods", "main.goods", "strata._loads", 'synapse."goods"', "a.b.c", ""])
def test_the_apps_own_tables_and_what_is_no_name_are_refused(caller: Caller, table: str) -> None:
    assert caller.copy(table, GOODS, create="true").status_code == 400


def test_a_body_that_is_no_parquet_or_no_script_is_refused(caller: Caller) -> None:
    assert caller.post("copy", params={"table": "a.b", "create": "true"}, content=b"x").status_code == 422
    assert caller.post("script", json=["SELECT 1"]).status_code == 400
    assert caller.post("script", json={"text": "SELECT 1", "schema": "a; DROP"}).status_code == 400


def test_where_the_warehouse_is_another_it_says_so() -> None:
    assert Caller("mysql://server/db").script("SELECT 1").status_code == 409


def test_dates_are_told_as_text(caller: Caller) -> None:
    caller.copy("synapse.days", pa.table({"day": [date(2026, 1, 31)]}), create="true")
    assert caller.script("SELECT day FROM days").json()["resultSets"][0]["rows"] == [{"day": "2026-01-31"}]
