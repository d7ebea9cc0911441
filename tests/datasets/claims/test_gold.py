"""A handful of claims whose gold can be worked out by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import narwhals as nw
import pyarrow as pa
import pytest

from shared.datasets.claims import gold
from shared.frames.engine import Engine, get_engine

MONEY = pa.decimal128(18, 2)


@pytest.fixture(params=["pandas", "pyarrow"])
def engine(request: pytest.FixtureRequest) -> Engine:
    return get_engine(request.param)


def claim(row: int, **changes: Any) -> dict[str, Any]:
    faultless = {
        "row": row, "record_type": "Paid", "section_row": row, "seq_number": str(row), "practitioner_number": "08420",
        "service_date": date(2031, 1, 30), "phn_province": "BC", "phn": "a token", "fee_item": "633",
        "shadow_bill": False, "out_of_province": False, "billed": Decimal("10.00"), "adjust": Decimal("0.50"),
        "paid": Decimal("10.50"), "message_count": 0, "comments": "Not Assigned",
    }  # fmt: skip
    return {**faultless, **changes}


def frame(engine: Engine, rows: list[dict[str, Any]]):
    types = {"billed": MONEY, "adjust": MONEY, "paid": MONEY, "amount": MONEY}
    names = list(rows[0])
    columns = [pa.array([row[name] for row in rows], types.get(name)) for name in names]
    return engine.from_arrow(pa.table(columns, names=names))


def rows_of(engine: Engine, made, *by: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = engine.to_arrow(made).sort_by([(name, "ascending") for name in by]).to_pylist()
    return rows


CLAIMS = [
    claim(1),
    claim(2, billed=Decimal("0.10"), paid=Decimal("0.60"), fee_item="1"),
    claim(3, service_date=date(2031, 2, 2), practitioner_number="Z1"),
    claim(4, record_type="Refused", adjust=Decimal("-10.00"), paid=Decimal("0.00")),
    claim(5, record_type="Refused", billed=Decimal("7.00"), adjust=Decimal("-7.00"), paid=Decimal("0.00")),
]
MESSAGES = [
    {"row": 1, "message_no": 1, "amount": Decimal("0.50"), "message_text": "Premium"},
    {"row": 4, "message_no": 1, "amount": None, "message_text": "No referral"},
    {"row": 4, "message_no": 2, "amount": None, "message_text": "Premium"},
    {"row": 5, "message_no": 1, "amount": None, "message_text": "No referral"},
]


def test_a_claim_is_a_fact_with_the_key_of_its_day(engine: Engine):
    facts = rows_of(engine, gold.fact_claims(frame(engine, CLAIMS)), "row")
    assert [fact["row"] for fact in facts] == [1, 2, 3, 4, 5]
    assert (facts[0]["date_key"], facts[0]["practitioner_number"]) == (20310130, "08420")
    assert (facts[1]["billed"], facts[1]["paid"]) == (Decimal("0.10"), Decimal("0.60"))


def test_claims_are_summed_by_type_and_month(engine: Engine):
    months = rows_of(engine, gold.agg_claims_by_type_month(frame(engine, CLAIMS)), "record_type", "month")
    assert [tuple(month.values()) for month in months] == [
        ("Paid", 2031, 1, 2, Decimal("10.10"), Decimal("1.00"), Decimal("11.10")),
        ("Paid", 2031, 2, 1, Decimal("10.00"), Decimal("0.50"), Decimal("10.50")),
        ("Refused", 2031, 1, 2, Decimal("17.00"), Decimal("-17.00"), Decimal("0.00")),
    ]


def test_a_reason_counts_for_each_refused_claim_that_has_it(engine: Engine):
    facts = gold.fact_claim_messages(frame(engine, MESSAGES), frame(engine, CLAIMS))
    reasons = rows_of(engine, gold.agg_refusal_reasons(facts), "reason")
    assert [tuple(reason.values()) for reason in reasons] == [
        ("No referral", 2, Decimal("17.00")),
        ("Premium", 1, Decimal("10.00")),
    ]


def test_practitioners_and_fee_items_stand_once_with_the_span_of_their_services(engine: Engine):
    facts = gold.fact_claims(frame(engine, CLAIMS))
    assert [tuple(one.values()) for one in rows_of(engine, gold.dim_practitioner(facts), "practitioner_number")] == [
        ("08420", date(2031, 1, 30), date(2031, 1, 30)),
        ("Z1", date(2031, 2, 2), date(2031, 2, 2)),
    ]
    assert [tuple(one.values()) for one in rows_of(engine, gold.dim_fee_item(facts), "fee_item")] == [
        ("1", date(2031, 1, 30), date(2031, 1, 30)),
        ("633", date(2031, 1, 30), date(2031, 2, 2)),
    ]


def test_every_day_from_the_first_service_to_the_last_is_there(engine: Engine):
    days = rows_of(engine, gold.dim_date(frame(engine, CLAIMS), engine), "date_key")
    assert [day["date"] for day in days] == [date(2031, 1, 30), date(2031, 1, 31), date(2031, 2, 1), date(2031, 2, 2)]
    assert days[0] == days[0] | {"date_key": 20310130, "quarter": 1, "month": 1, "weekday": 4, "is_weekend": False}


def test_without_a_claim_there_is_no_calendar(engine: Engine):
    none = gold.fact_claims(frame(engine, CLAIMS)).filter(nw.col("row") < 0)
    assert rows_of(engine, gold.dim_date(none, engine), "date_key") == []
