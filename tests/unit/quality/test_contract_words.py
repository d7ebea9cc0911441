"""What each word of a contract makes of a row, on every eager engine."""

from datetime import date
from decimal import Decimal

import pytest

from shared.frames.engine import Engine
from tests import judging


@pytest.fixture
def judge(engine: Engine):
    def run(columns: str, *rows: dict, more: str = "") -> tuple[list[dict], list[dict]]:
        """Return the accepted rows and the verdicts of a table ``thing`` with an integer key and these columns."""
        tables = f"""
  - name: thing
    label: Thing
    key: [id]
    columns:
      id: {{label: "Number", type: integer, required: true}}
{columns}
{more}"""
        records = ({"thing": {"id": number, **row}} for number, row in enumerate(rows, 1))
        judged = judging.judge(tables, engine, *records)
        return judged.accepted["thing"], judged.verdicts["thing"]

    return run


def values(rows: list[dict], column: str) -> list:
    return [row[column] for row in rows]


def told(verdicts: list[dict]) -> list[tuple]:
    return sorted((row["_row_no"], row["outcome"], row["column"], row["rule"]) for row in verdicts)


def test_map_takes_a_value_by_its_beginning_and_else_takes_the_rest(judge):
    words = '      status: {label: S, type: category, map: {"confirm*": confirmed, "no": cancelled}, else: unknown}'
    rows = [{"status": "Confirmed!"}, {"status": "NO"}, {"status": "not"}, {"status": ""}, {}]
    accepted, verdicts = judge(words, *rows)
    assert values(accepted, "status") == ["confirmed", "cancelled", "unknown", None, None]
    assert verdicts == []


def test_a_pattern_is_the_form_of_the_whole_value(judge):
    accepted, verdicts = judge('      code: {label: C, pattern: "[0-9]{3}"}', {"code": "123"}, {"code": "x12345"}, {})
    assert values(accepted, "code") == ["123", None]
    assert told(verdicts) == [(2, "quarantined", "code", "pattern")]


def test_a_default_fills_an_empty_value_and_says_so(judge):
    accepted, verdicts = judge("      city: {label: C, default: Bern}", {"city": "Genf"}, {"city": " "}, {})
    assert values(accepted, "city") == ["Genf", "Bern", "Bern"]
    assert told(verdicts) == [(2, "repaired", "city", "default"), (3, "repaired", "city", "default")]


def test_integer_text_keeps_the_number_and_shows_what_was_delivered(judge):
    words = "      count: {label: C, type: integer, clean: [integer_text]}"
    accepted, verdicts = judge(words, {"count": "37X"}, {"count": "34.0"}, {"count": "34.5"}, {"count": "35"})
    assert values(accepted, "count") == [37, 34, 35]
    assert told(verdicts) == [
        (1, "repaired", "count", "integer_text"),
        (2, "repaired", "count", "integer_text"),
        (3, "quarantined", "count", "type"),
    ]
    assert [row["value"] for row in verdicts if row["outcome"] == "repaired"] == ["37X", "34.0"]


def test_a_value_that_fails_may_be_left_empty_and_its_row_stays(judge):
    words = "      price: {label: P, type: decimal, range: {max: 10}, on_fail: null}"
    accepted, verdicts = judge(words, {"price": 5}, {"price": 11}, {"price": "x"}, {})
    assert values(accepted, "price") == [Decimal("5.00"), None, None, None]
    assert told(verdicts) == [(2, "nulled", "price", "range"), (3, "nulled", "price", "type")]


def test_a_value_that_fails_may_be_kept_and_flagged(judge):
    accepted, verdicts = judge("      size: {label: S, one_of: [s, m], on_fail: flag}", {"size": "m"}, {"size": "xl"})
    assert values(accepted, "size") == ["m", "xl"]
    assert told(verdicts) == [(2, "flagged", "size", "one_of")]


def test_a_truth_value_is_written_in_several_ways(judge):
    words = '      paid: {label: "Paid", type: boolean}'
    rows = [{"paid": word} for word in ("Y", "no", " TRUE ", 0, True, "", None, "maybe")]
    accepted, verdicts = judge(words, *rows)
    assert values(accepted, "paid") == [True, False, True, False, True, None, None]
    assert told(verdicts) == [(8, "quarantined", "paid", "type")]
    assert verdicts[0]["message"] == "Paid is not true or false, yes or no, Y or N, 1 or 0."


def test_an_amount_is_read_as_it_is_printed_and_one_in_parentheses_is_told_of(judge):
    words = "      sum: {label: Sum, type: decimal, clean: [trim, money]}"
    amounts = ("$1,234.56", "$-12.34", "($1,234.50)", "-1,234.5", "$12.3.4", "1,23", "", "(x)")
    accepted, verdicts = judge(words, *({"sum": amount} for amount in amounts))
    expected = ["1234.56", "-12.34", "-1234.50", "-1234.50", None]
    assert values(accepted, "sum") == [value and Decimal(value) for value in expected]
    assert told(verdicts) == [
        (3, "repaired", "sum", "money"),
        (5, "quarantined", "sum", "type"),
        (6, "quarantined", "sum", "type"),
        (8, "quarantined", "sum", "type"),
    ]
    assert {row["_row_no"]: row["value"] for row in verdicts} == {3: "($1,234.50)", 5: "$12.3.4", 6: "1,23", 8: "(x)"}


def test_a_year_that_cannot_be_meant_is_told_of_and_the_date_kept(judge):
    words = "      day: {label: Day, type: date, formats: [iso, us], plausible_years: {min: 2000, below: 2026}}"
    days = ("1999-12-31", "2000-01-01", "12/31/2025", "01/01/2026", "0001-01-01", "9999-12-31", "", "soon")
    accepted, verdicts = judge(words, *({"day": day} for day in days))
    assert values(accepted, "day")[3:] == [date(2026, 1, 1), date(1, 1, 1), date(9999, 12, 31), None]
    flagged = [(number, "flagged", "day", "plausible_years") for number in (1, 4, 5, 6)]
    assert told(verdicts) == [*flagged, (8, "quarantined", "day", "type")]
    (message,) = {row["message"] for row in verdicts if row["outcome"] == "flagged"}
    assert message == "The year of Day should be at least 2000 and less than 2026; the date was kept."


def test_what_a_value_is_like_is_told_of_rejected_rows_too(judge):
    words = """
      size: {label: Size, type: integer, clean: [trim, integer_text], default: "1"}
      name: {label: Name, required: true}"""
    _, verdicts = judge(words, {"size": "37X"}, {"size": ""}, {"size": "37X", "name": "Ann"}, {"name": "Bob"})
    assert told(verdicts) == [
        (1, "quarantined", "name", "required"),
        (1, "repaired", "size", "integer_text"),
        (2, "quarantined", "name", "required"),
        (3, "repaired", "size", "integer_text"),
        (4, "repaired", "size", "default"),
    ]


def test_a_status_is_known_by_its_letters_and_a_default_stands_for_none(judge):
    words = """
      status: {label: S, type: category, clean: [lower, letters], map: {"confirm*": confirmed}, else: unknown,
               default: unknown}"""
    accepted, verdicts = judge(words, {"status": " Con-firmed! "}, {"status": "no"}, {"status": "?!"}, {})
    assert values(accepted, "status") == ["confirmed", "unknown", "unknown", "unknown"]
    assert told(verdicts) == [(4, "repaired", "status", "default")]


def test_squeeze_and_lower_clean_before_anything_is_checked(judge):
    words = "      name: {label: N, clean: [trim, squeeze, lower], one_of: [a b]}"
    accepted, _ = judge(words, {"name": "  A \t B "})
    assert values(accepted, "name") == ["a b"]


def test_numbers_written_differently_are_one_key(judge):
    accepted, verdicts = judge("      name: {label: N}", {"id": "7"}, {"id": "07"}, {"id": 7.0}, {"id": 8})
    assert values(accepted, "id") == [7, 8]
    assert told(verdicts) == [(2, "duplicate", "id", "duplicate"), (3, "duplicate", "id", "duplicate")]


def test_a_reference_between_numbers_holds_however_they_are_written(judge):
    words = "      name: {label: N}"
    part = """
  - name: part
    label: Part
    source: {path: thing}
    key: [id]
    columns:
      id: {label: "Part", type: integer, required: true}
      of: {label: "Of", type: integer}
    rules:
      - {column: of, references: thing.id}
"""
    accepted, _ = judge(words, {"of": "1.0"}, {"of": 9}, {"of": None}, more=part)
    assert values(accepted, "id") == [1, 2, 3]
