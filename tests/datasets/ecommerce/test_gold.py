"""A handful of orders whose gold can be worked out by hand."""

import json
from datetime import date, datetime
from decimal import Decimal

import pytest

from shared.frames.engine import get_engine
from tests.datasets.ecommerce.records import record
from tests.outcome import Outcome, outcome


@pytest.fixture(params=["pandas", "pyarrow"])
def made(request: pytest.FixtureRequest):
    def run(*records: dict) -> Outcome:
        return outcome("ecommerce", get_engine(request.param), json.dumps(records).encode())

    return run


def test_an_order_item_is_a_fact_at_the_price_as_written_and_rounded(made):
    (fact,) = made(record(1)).gold["dw_orders"].to_pylist()
    assert fact["order_item_id"] == "i1"
    assert (fact["quantity"], fact["unit_price"], fact["amount"]) == (3, Decimal("10.01"), Decimal("30.03"))
    assert (fact["user_id"], fact["location_id"], fact["sku_id"]) == ("u1", "a1", "k1")
    assert (fact["payment_status"], fact["date_key"]) == ("success", 20260101)
    assert (fact["_job_id"], fact["_user_id"]) == ("job-1", "user-1")


def test_the_location_is_the_users_address_of_smallest_id_and_null_when_there_is_none(made):
    second = record(2, address={"id": "a0", "user_id": "u1"})
    facts = made(record(1), second).gold["dw_orders"].to_pylist()
    assert [(fact["user_id"], fact["location_id"]) for fact in facts] == [("u1", "a0"), ("u2", None)]


def test_every_day_from_the_first_order_to_the_last_is_there(made):
    days = made(record(30), record(27)).gold["dw_time"].to_pylist()
    assert [day["date"] for day in days] == [date(2026, 1, day) for day in range(27, 31)]
    assert days[0] == days[0] | {"date_key": 20260127, "year": 2026, "quarter": 1, "month": 1, "day": 27, "weekday": 2}
    assert [day["is_weekend"] for day in days] == [False] * 4


def test_without_an_order_there_is_no_calendar_and_no_metric(made):
    gold = made(record(1, order_item=None)).gold
    computed = ("dw_orders", "dw_time", "dw_user_metrics", "dw_category_metrics")
    assert {name: gold[name].num_rows for name in computed} == dict.fromkeys(computed, 0)


@pytest.mark.parametrize(
    ("quantity", "price", "segment"),
    [
        (1, 1000, "New"), (1, 1000.01, "Regular"), (1, 5000, "Regular"), (1, 5000.01, "Premium"),
        (1, 10_000, "Premium"), (2, 5000.01, "VIP"),
    ],
)  # fmt: skip
def test_a_customer_belongs_to_a_segment_by_revenue(made, quantity, price, segment):
    (metrics,) = (
        made(record(1, order_item={"quantity": quantity}, products_sku={"price": price}))
        .gold["dw_user_metrics"]
        .to_pylist()
    )
    assert metrics["segment"] == segment
    assert metrics["revenue"] == Decimal(str(price)) * quantity


def test_a_customers_orders_items_units_and_span_are_counted(made):
    second = record(5, user=None, address=None, order={"user_id": "u1"})
    third = record(6, user=None, address=None, order=None, order_item={"order_id": "o1"})
    (metrics,) = made(record(1), second, third).gold["dw_user_metrics"].to_pylist()
    counts = {name: metrics[name] for name in ("user_id", "orders", "items", "units", "revenue")}
    assert counts == {"user_id": "u1", "orders": 2, "items": 3, "units": 9, "revenue": Decimal("90.09")}
    assert metrics["first_order_at"] == datetime(2026, 1, 1, 23, 59, 59)
    assert metrics["last_order_at"] == datetime(2026, 1, 5, 23, 59, 59)


def test_categories_of_one_name_are_one_category_and_shares_are_of_all_revenue(made):
    other = record(3, category={"name": "Books"}, order_item={"quantity": 6})
    rows = made(record(1), record(2, category={"name": "TOYS"}), other).gold["dw_category_metrics"].to_pylist()
    assert [(row["category"], row["orders"], row["revenue"], row["share"]) for row in rows] == [
        ("books", 1, Decimal("60.06"), 0.5),
        ("toys", 2, Decimal("60.06"), 0.5),
    ]


@pytest.mark.parametrize(("born", "group"), [("2009-01-15", "0–17"), ("2008-01-15", "18–24"), ("1961-01-15", "65+")])
def test_a_user_belongs_to_an_age_group_on_the_as_of_day(made, born, group):
    (user,) = made(record(1, user={"birth_of_date": born})).gold["dw_users"].to_pylist()
    assert user["age_group"] == group


def test_gold_holds_no_personal_value_and_silver_no_password(made):
    result = made(record(1), record(2))
    assert "password" not in result.silver["user"].column_names
    assert result.silver["user"]["email"].to_pylist() == ["ann@example.org"] * 2
    assert result.silver["user"]["phone_number"].to_pylist() == ["+12133734253"] * 2
    for table in result.gold.values():
        text = json.dumps(table.to_pylist(), default=str)
        for personal in ("Ann Lee", "ann@example.org", "2133734253", "1 Main St", "2000-01-16", "secret"):
            assert personal not in text
    first, second = result.gold["dw_users"]["email"].to_pylist()
    assert first == second


def test_a_reference_to_a_rejected_row_is_rejected_all_the_way_down(made):
    result = made(record(1, category={"name": "invalid"}))
    reasons = {
        table: [(row["column"], row["rule"]) for row in rows.to_pylist() if row["outcome"] == "quarantined"]
        for table, rows in result.verdicts.items()
    }
    assert {table: found for table, found in reasons.items() if found} == {
        "category": [("name", "fault_marker")],
        "subcategory": [("parent_id", "reference")],
        "product": [("category_id", "reference")],
        "products_sku": [("product_id", "reference")],
        "wishlist": [("products_sku_id", "reference")],
        "order_item": [("products_sku_id", "reference")],
    }
