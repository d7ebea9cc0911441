"""The words of a contract that no dataset uses mean the same on Spark as on Arrow."""

import pytest

from shared.frames.engine import Engine, SparkEngine, get_engine
from tests.judging import Judged, judge

TABLES = """
  - name: doctor
    label: Doctor
    key: [id]
    columns:
      id: {label: "Doctor number", type: integer, required: true}
  - name: visit
    label: Visit
    key: [id]
    columns:
      id:     {label: "Visit number", required: true}
      one:    {label: "Doctor", type: integer}
      two:    {label: "Second doctor", type: integer}
      three:  {label: "Third doctor", type: integer}
      paid:   {label: "Paid", type: boolean, on_fail: null}
      amount: {label: "Amount", type: decimal, clean: [trim, money], on_fail: flag}
    rules:
      - {column: one, references: doctor.id}
      - {column: two, references: doctor.id, on_fail: null}
      - {id: third, column: three, references: doctor.id, on_fail: flag}
    findings:
      - {id: odd, title: Odd, sentence: "{label} is odd.", how_to_fix: Look.}
    metrics:
      - {name: integrity, rule: reference, columns: [one, two], warn_below: 1}
      - {name: typing, rule: type, warn_below: 1}
      - {name: oddities, rule: odd, warn_above: 0}
"""
VISITS = [
    {"id": "a", "one": 1, "two": "1.0", "three": 1, "paid": "Y", "amount": "$1,234.50"},
    {"id": "b", "one": 9, "two": 9, "paid": "n", "amount": "($5.00)"},
    {"id": "c", "two": 9, "three": 9, "paid": "maybe", "amount": "(x)"},
    {"id": "", "one": 9, "two": 9, "three": "x", "paid": True, "amount": "-1"},
    {"id": "a", "one": 9, "paid": 0},
    {"id": "d", "one": "nobody", "amount": "$-0.5"},
    "no visit",
    {"id": "e"},
]
TOLD = [
    *((row, "paid", "odd", None, "n") for row in range(2, 9)),
    (9, "amount", "odd", "1", None),
]


def judged_on(engine: Engine) -> Judged:
    return judge(TABLES, engine, {"doctor": {"id": 1}}, *({"visit": visit} for visit in VISITS), told={"visit": TOLD})


@pytest.fixture(scope="module")
def on_arrow() -> Judged:
    return judged_on(get_engine("pyarrow"))


def assert_same(left: Judged, right: Judged) -> None:
    order = ("_row_no", "column", "rule")
    for table, rows in left.verdicts.items():
        by_place = [
            sorted(found, key=lambda row: [row[name] for name in order]) for found in (rows, right.verdicts[table])
        ]
        assert by_place[0] == by_place[1]
    assert left.accepted == right.accepted
    assert left.card == right.card


def test_pandas_gives_what_arrow_gives(on_arrow: Judged):
    assert_same(judged_on(get_engine("pandas")), on_arrow)


def test_spark_gives_what_arrow_gives(on_arrow: Judged, spark_engine: SparkEngine):
    assert_same(judged_on(spark_engine), on_arrow)


def test_every_word_has_spoken(on_arrow: Judged):
    broken = on_arrow.result.broken["visit"]
    assert broken.metrics == {"integrity": 4, "typing": 3, "oddities": 3}
    assert {
        "two:reference",
        "three:reference",
        "paid:type",
        "amount:type",
        "amount:money",
        "paid:odd",
        "amount:odd",
    } <= set(broken.rows)
