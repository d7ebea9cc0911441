from __future__ import annotations

import pytest

from shared.ports import Condition, Selection

READ_ALL = Selection(columns=[], conditions=[], order_by=[])


def test_tables_are_listed_with_rows_and_columns(client):
    assert client.get("/api/tables").json() == [
        {
            "name": "dw_users",
            "kind": "table",
            "rows": 2,
            "columns": [{"name": "sku", "type": "VARCHAR"}, {"name": "_job_id", "type": "VARCHAR"}],
        }
    ]


def test_a_table_is_read_whole_in_its_first_hundred_rows_by_default(client, app):
    assert client.get("/api/tables/dw_users").json() == [{"sku": "A", "price": 1.5}, {"sku": "B", "price": 2.0}]
    assert app.asked == [("read", "dw_users", READ_ALL)]


def test_a_read_chooses_columns_rows_and_order(client, app):
    client.get("/api/tables/dw_users?columns=sku,%20price&orderBy=-price,sku&limit=100000&offset=5")

    assert app.asked[0][2] == Selection(
        columns=["sku", "price"], conditions=[], order_by=["-price", "sku"], limit=100_000, offset=5
    )


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("sku=A", Condition("sku", "=", "A")),
        ("sku!=A", Condition("sku", "!=", "A")),
        ("price<1", Condition("price", "<", "1")),
        ("price<=1", Condition("price", "<=", "1")),
        ("price>1", Condition("price", ">", "1")),
        ("price >=1", Condition("price", ">=", "1")),
        ("name~é x", Condition("name", "~", "é x")),
        ("name=", Condition("name", "=", "")),
        ("name=a>=b\nc", Condition("name", "=", "a>=b\nc")),
        ("_job_id==1", Condition("_job_id", "=", "=1")),
    ],
)
def test_a_filter_is_a_column_an_operator_and_a_value(client, app, text, condition):
    client.get("/api/tables/dw_users", params={"filter": text})

    assert app.asked[0][2].conditions == [condition]


def test_filters_add_up(client, app):
    client.get("/api/tables/dw_users?filter=a%3D1&filter=b%3E2")

    assert app.asked[0][2].conditions == [Condition("a", "=", "1"), Condition("b", ">", "2")]


@pytest.mark.parametrize("text", ["", "sku", "=A", "~", "sku LIKE A"])
def test_anything_else_is_no_filter(client, app, text):
    answer = client.get("/api/tables/dw_users", params={"filter": text})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_filter")
    assert app.asked == []


@pytest.mark.parametrize(
    "query", ["limit=100001", "limit=-1", "offset=-1", "format=xml", "columns=", "orderBy=a,,b", "where=1"]
)
def test_a_wrong_parameter_is_400(client, app, query):
    answer = client.get(f"/api/tables/dw_users?{query}")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")
    assert app.asked == []


@pytest.mark.parametrize("path", ["/api/tables/dw_users", "/api/queries/best_sellers"])
def test_rows_come_as_csv_by_parameter_or_by_accept(client, path):
    expected = "sku,price\r\nA,1.5\r\nB,2.0\r\n"

    assert client.get(path, params={"format": "csv"}).text == expected
    assert client.get(path, headers={"accept": "text/csv"}).text == expected
    assert client.get(path, params={"format": "json"}, headers={"accept": "text/csv"}).json()[0]["sku"] == "A"


def test_queries_are_listed_with_their_parameters(client):
    assert client.get("/api/queries").json() == [
        {
            "name": "best_sellers",
            "dataset": "ecommerce",
            "title": "Best",
            "parameters": [{"name": "top", "type": "integer", "default": "10", "description": "How many."}],
        }
    ]


def test_a_query_gets_its_parameters_and_not_the_format(client, app):
    client.get("/api/queries/best_sellers?top=3&format=csv&other=x")

    assert app.asked == [("run", "best_sellers", {"top": "3", "other": "x"})]


def test_an_unknown_format_of_a_query_is_400(client):
    answer = client.get("/api/queries/best_sellers?format=xml")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")
