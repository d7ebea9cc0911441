import narwhals as nw
import pyarrow as pa
import pytest

from shared.frames.engine import get_engine
from shared.frames.money import cents, plain_money

AMOUNTS = {
    "$1,234.56": "1234.56",
    "$-1,234.50": "-1234.50",
    "-$12.34": "-12.34",
    "($5.00)": "-5.00",
    "$(5.00)": "-5.00",
    "(1,234)": "-1234",
    "$ 5": "5",
    "+7.5": "7.5",
    "$.50": ".50",
    "12": "12",
    "N/A": "N/A",
    "$1,23": "$1,23",
    "$1.234,56": "$1.234,56",
    "($-5.00)": "($-5.00)",
    "5-": "5-",
    "$": "$",
    "": "",
    None: None,
}


@pytest.fixture(params=["pandas", "pyarrow"])
def frame(request: pytest.FixtureRequest):
    engine = get_engine(request.param)
    return engine, engine.from_arrow(pa.table({"text": pa.array(list(AMOUNTS), pa.string())}))


def test_an_amount_becomes_plain_digits_and_anything_else_stays_as_it_is(frame):
    engine, rows = frame
    found = engine.to_arrow(rows.select(plain=plain_money(nw.col("text"))))["plain"].to_pylist()
    assert dict(zip(AMOUNTS, found, strict=True)) == AMOUNTS


def test_cents_are_exact_and_null_where_there_is_no_amount(frame):
    engine, rows = frame
    found = engine.to_arrow(rows.select(cents=cents(nw.col("text"))))["cents"].to_pylist()
    assert found == [123456, -123450, -1234, -500, -500, -123400, 500, 750, 50, 1200, *[None] * 8]


def test_more_than_any_amount_may_be_has_no_cents(frame):
    engine, _ = frame
    rows = engine.from_arrow(pa.table({"text": ["12.50", "1000000000000000", "-11625652144591208448"]}))
    found = engine.to_arrow(rows.select(cents=cents(nw.col("text"))))["cents"].to_pylist()
    assert found == [1250, None, None]
