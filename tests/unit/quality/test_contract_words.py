"""What each word of a contract makes of a row, on every eager engine."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shared.contracts.load import load_contract
from shared.frames.engine import get_engine
from shared.medallion import bronze, silver
from shared.medallion.context import RunContext

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
CONTEXT = RunContext("job", "run", "user", NOW, NOW, b"key")


@pytest.fixture(params=["pandas", "pyarrow"])
def judge(request: pytest.FixtureRequest):
    engine = get_engine(request.param)

    def run(columns: str, *rows: dict, more: str = "") -> tuple[list[dict], list[dict]]:
        """Return the accepted rows and the verdicts of a table ``thing`` with an integer key and these columns."""
        text = f"""
dataset: things
version: 1
files: all_tables
gold: [things]
tables:
  - name: thing
    label: Thing
    key: [id]
    columns:
      id: {{label: "Number", type: integer, required: true}}
{columns}
{more}"""
        contract = load_contract(text)
        data = json.dumps([{"thing": {"id": number, **row}} for number, row in enumerate(rows, 1)]).encode()
        read = bronze.read(contract, [bronze.SourceFile(filename="things.json", data=data)])
        frames = {name: engine.from_arrow(table) for name, table in read.items()}
        result = silver.refine(contract, frames, ["things.json"], CONTEXT, engine)
        accepted, verdicts = (engine.to_arrow(part["thing"]).to_pylist() for part in (result.frames, result.verdicts))
        return accepted, verdicts

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
