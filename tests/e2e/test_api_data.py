from __future__ import annotations

import csv
import io
from decimal import Decimal

import msgspec
import pytest

DIMENSIONS = ["dw_users", "dw_locations", "dw_products"]
TABLES = [*DIMENSIONS, "dw_time", "dw_orders", "dw_user_metrics", "dw_category_metrics"]
LINEAGE = {"_job_id", "_user_id", "_loaded_at"}


@pytest.fixture(scope="module")
def tables(api, sent):
    return {table["name"]: table for table in api.get("/api/tables")}


@pytest.fixture(scope="module")
def own(sent):
    """A filter for the rows of the sample's job."""
    return f"_job_id={sent.job['jobId']}"


def test_the_tables_and_the_view_are_there_with_their_rows(api, tables):
    assert {*TABLES, "dw_ecommerce_gold"} <= tables.keys()
    assert tables["dw_ecommerce_gold"]["kind"] == "view"
    for name in TABLES:
        assert tables[name]["rows"] == len(api.get(f"/api/tables/{name}", limit=100_000)) > 0


def test_every_table_carries_where_its_rows_come_from(api, tables):
    for name in TABLES:
        assert {column["name"] for column in tables[name]["columns"]} >= LINEAGE
        row = api.get(f"/api/tables/{name}", limit=1)[0]
        assert list(row) == [column["name"] for column in tables[name]["columns"]]


@pytest.mark.parametrize("name", [*DIMENSIONS, "dw_orders"])
def test_a_table_holds_as_many_rows_of_a_job_as_the_job_says(api, sent, own, name):
    assert len(api.get(f"/api/tables/{name}", filter=own, limit=100_000)) == sent.job["goldTables"][name]


def test_a_hundred_rows_are_answered_by_default(api, tables):
    assert tables["dw_users"]["rows"] > 100
    assert len(api.get("/api/tables/dw_users")) == 100


def test_pages_in_an_order_make_up_the_whole(api):
    def read(**page):
        return api.get("/api/tables/dw_users", columns="user_id", orderBy="user_id", **page)

    whole = read(limit=100_000)

    assert read(limit=150) + read(limit=100_000, offset=150) == whole
    assert whole == sorted(whole, key=lambda row: row["user_id"])


def test_columns_come_in_the_order_asked_for(api):
    assert list(api.get("/api/tables/dw_orders", columns="amount,order_id", limit=1)[0]) == ["amount", "order_id"]


def test_a_leading_minus_sorts_downwards(api):
    amounts = [row["amount"] for row in api.get("/api/tables/dw_orders", columns="amount", orderBy="-amount")]

    assert amounts == sorted(amounts, reverse=True)


def test_filters_compare_by_the_columns_type_and_add_up(api):
    rows = api.get("/api/tables/dw_orders", filter=["quantity>=9", "quantity<100", "payment_status!=success"])
    everything = api.get("/api/tables/dw_orders", limit=100_000)

    assert [row["order_item_id"] for row in rows] == [
        row["order_item_id"]
        for row in everything
        if 9 <= row["quantity"] < 100 and row["payment_status"] not in {"success", None}
    ][:100]


def test_a_tilde_finds_a_text_within(api):
    text = api.get("/api/tables/dw_products", columns="product", limit=1)[0]["product"][1:5]

    rows = api.get("/api/tables/dw_products", filter=f"product~{text.upper()}", columns="product", limit=100_000)

    assert {row["product"] for row in rows} == {
        row["product"]
        for row in api.get("/api/tables/dw_products", columns="product", limit=100_000)
        if text.lower() in row["product"].lower()
    }


def test_money_is_exact_and_plain_in_json_and_in_csv(api, own):
    parameters = {"filter": own, "columns": "quantity,unit_price,amount", "orderBy": "order_item_id", "limit": 100_000}
    raw = api.http.get("/api/tables/dw_orders", params=parameters).content
    text = api.http.get("/api/tables/dw_orders", params={**parameters, "format": "csv"}).text

    rows = msgspec.json.decode(raw, type=list[dict[str, Decimal]])
    assert rows
    assert all(row["quantity"] * row["unit_price"] == row["amount"] for row in rows)
    in_csv = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [Decimal(row["amount"]) for row in in_csv] == [row["amount"] for row in rows]
    assert all("e" not in row["amount"].lower() and row["amount"][-3] == "." for row in in_csv)


def test_the_view_joins_facts_with_their_dimensions(api, sent, own):
    rows = api.get("/api/tables/dw_ecommerce_gold", filter=own, limit=100_000)

    assert len(rows) == sent.job["goldTables"]["dw_orders"]
    assert all(row["category"] and row["user_id"] and row["segment"] for row in rows)


def test_metrics_are_those_of_the_facts(api):
    orders = api.http.get("/api/tables/dw_orders", params={"limit": 100_000}).content
    metrics = api.http.get("/api/tables/dw_user_metrics", params={"limit": 100_000}).content

    expected: dict[str, Decimal] = {}
    for row in _decimals(orders):
        expected[row["user_id"]] = expected.get(row["user_id"], Decimal(0)) + row["amount"]
    assert {row["user_id"]: row["revenue"] for row in _decimals(metrics)} == expected


def _decimals(content: bytes) -> list[dict]:
    return msgspec.json.Decoder(float_hook=Decimal).decode(content)


@pytest.mark.parametrize("table", ["dw_nothing", "information_schema.tables", "duckdb_tables", "a'b", 'a"b', "%00"])
def test_a_table_that_is_not_there_is_404(api, table):
    answer = api.http.get(f"/api/tables/{table}")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "parameters",
    [
        {"columns": "nothing"},
        {"columns": 'amount" FROM dw_users --'},
        {"orderBy": "nothing"},
        {"filter": "nothing=1"},
        {"filter": "quantity=many"},
        {"filter": "ordered_at>yesterday"},
        {"filter": "amount"},
        {"limit": "100001"},
        {"offset": "99999999999999999999"},
    ],
    ids=str,
)
def test_a_question_that_makes_no_sense_is_a_problem_and_no_fault(api, parameters):
    answer = api.http.get("/api/tables/dw_orders", params=parameters)

    assert answer.status_code in {400, 404}
    assert answer.json()["detail"]


def test_a_value_in_a_filter_is_a_value_and_never_sql(api):
    assert api.get("/api/tables/dw_users", filter="user_id=' OR 1=1 --") == []


def test_the_business_queries_are_listed(api):
    queries = {query["name"]: query for query in api.get("/api/queries")}

    assert {"revenue_by_category", "best_customers_by_segment"} <= queries.keys()
    assert queries["revenue_by_category"]["dataset"] == "ecommerce"
    assert [parameter["name"] for parameter in queries["revenue_by_category"]["parameters"]] == ["limit"]


def test_revenue_by_category_is_that_of_the_metrics(api, sent):
    metrics = api.get("/api/tables/dw_category_metrics", orderBy="-revenue,category", limit=4)

    answer = api.get("/api/queries/revenue_by_category", limit=4)

    assert [(row["category"], row["revenue"]) for row in answer] == [
        (row["category"], row["revenue"]) for row in metrics
    ]


def test_best_customers_are_ranked_within_their_segment(api, sent):
    rows = api.get("/api/queries/best_customers_by_segment", limit=2)

    assert rows
    assert {row["place"] for row in rows} <= {1, 2}


def test_a_query_comes_as_csv_too(api, sent):
    answer = api.http.get("/api/queries/revenue_by_category?limit=2", headers={"accept": "text/csv"})

    assert answer.headers["content-type"].startswith("text/csv")
    assert len(list(csv.DictReader(io.StringIO(answer.text, newline="")))) == 2


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/queries/nothing", 404, "unknown_query"),
        ("/api/queries/revenue_by_category?year=2026", 400, "unknown_parameter"),
        ("/api/queries/revenue_by_category?limit=many", 400, "invalid_parameter"),
        ("/api/queries/revenue_by_category?limit=-1", 400, "invalid_parameter"),
        ("/api/queries/revenue_by_category?limit=99999999999999999999", 400, "invalid_parameter"),
    ],
)
def test_a_query_asked_wrongly_is_a_problem_that_says_what_is_known(api, path, status, code):
    answer = api.http.get(path)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_unknown_parameter_of_a_query_is_answered_with_those_it_has(api):
    assert "limit" in api.http.get("/api/queries/revenue_by_category?year=2026").json()["advice"]
