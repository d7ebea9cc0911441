import pyarrow as pa
import pyarrow.compute as pc
import pytest

from shared.frames.engine import Engine
from shared.frames.values import to_e164, to_token


def applied(function, values: list[str | None]) -> list[str | None]:
    return function(pa.array(values, pa.string())).to_pylist()


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+1-213-373-4253x678", "+12133734253"),
        ("(213) 373-4253", "+12133734253"),
        ("+44 20 7031 3000", "+442070313000"),
        ("123", None),
        ("+999 1234567", None),
        ("call me", None),
        ("", None),
    ],
)
def test_telephone_numbers_become_e164_or_nothing(written, number):
    assert applied(to_e164("US"), [written]) == [number]


def test_equal_text_has_equal_tokens_and_another_key_gives_others():
    ann, bob, again = applied(to_token(b"key"), ["Ann", "Bob", "Ann"])
    assert ann == again != bob
    assert "Ann" not in ann
    assert applied(to_token(b"other key"), ["Ann"]) != [ann]


def test_a_function_is_applied_to_each_distinct_value_once_and_joined_back(engine: Engine):
    seen = []

    def shout(values: pa.Array) -> pa.Array:
        seen.extend(values.to_pylist())
        return pa.array([value.upper() for value in values.to_pylist()], pa.string())

    frame = engine.from_arrow(pa.table({"n": [1, 2, 3, 4], "word": pa.array(["a", None, "b", "a"], pa.string())}))
    mapped = engine.to_arrow(engine.with_mapped(frame, {"word": "loud"}, shout)).sort_by("n")
    assert mapped.column("loud").to_pylist() == ["A", None, "B", "A"]
    assert sorted(seen) == ["a", "b"]


def test_several_columns_are_mapped_each_to_its_own(engine: Engine):
    frame = engine.from_arrow(pa.table({"n": [1, 2], "one": ["a", "b"], "two": ["b", "c"]}))
    mapped = engine.with_mapped(frame, {"one": "first", "two": "second"}, pc.utf8_upper)
    rows = engine.to_arrow(mapped).sort_by("n")
    assert [rows.column(name).to_pylist() for name in ("first", "second")] == [["A", "B"], ["B", "C"]]


def test_a_column_without_any_value_maps_to_none(engine: Engine):
    frame = engine.from_arrow(pa.table({"n": [1], "word": pa.array([None], pa.string())}))
    mapped = engine.to_arrow(engine.with_mapped(frame, {"word": "loud"}, to_e164("US")))
    assert mapped.column("loud").to_pylist() == [None]
