"""Which of several rows of equal key comes first is the same on every engine."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.frames.engine import Engine, SparkEngine, get_engine

if TYPE_CHECKING:
    from collections.abc import Sequence

#: A case, two parts of a key, and the time by which the latest counts.
Row = tuple[int, str | None, int | None, datetime | None]

_TIMES = st.none() | st.sampled_from([datetime(2026, 1, day) for day in (1, 2, 3)])
_ROWS = st.lists(
    st.tuples(st.integers(0, 2), st.none() | st.sampled_from("ab"), st.none() | st.integers(1, 2), _TIMES), max_size=40
)


def others(rows: Sequence[Row], engine: Engine, key: list[str]) -> dict[int, int]:
    """Return by place the place of the row that comes first instead, for the rows that take part."""
    case, text, number, moment = zip(*rows, strict=True) if rows else ((), (), (), ())
    table = pa.table(
        {
            "case": pa.array(case, pa.int64()),
            "text": pa.array(text, pa.string()),
            "number": pa.array(number, pa.int64()),
            "moment": pa.array(moment, pa.timestamp("us")),
            "place": pa.array(range(len(rows)), pa.int64()),
        }
    )
    marked = engine.to_arrow(engine.with_first(engine.from_arrow(table), key, "moment", "place", "first")).to_pylist()
    taking_part = [row for row in marked if row["moment"] and None not in [row[name] for name in key]]
    return {row["place"]: row["first"] for row in taking_part if row["first"] not in {None, row["place"]}}


def expected(rows: Sequence[Row], key: list[int]) -> dict[int, int]:
    """Say the same in plain words."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for place, row in enumerate(rows):
        parts = tuple(row[number] for number in key)
        if row[3] is not None and None not in parts:
            groups.setdefault(parts, []).append(place)
    found = {}
    for places in groups.values():
        newest = max(rows[place][3] or datetime.min for place in places)
        first = min(place for place in places if rows[place][3] == newest)
        found |= {place: first for place in places if place != first}
    return found


@pytest.mark.parametrize("name", ["pyarrow", "pandas"])
@pytest.mark.parametrize("parts", [[1], [1, 2]], ids=["one column", "two columns"])
@given(rows=_ROWS)
def test_the_latest_comes_first_and_of_these_the_one_before_the_others(name: str, parts: list[int], rows: list[Row]):
    key = [("case", "text", "number")[part] for part in parts]
    assert others(rows, get_engine(name), key) == expected(rows, parts)


@pytest.mark.parametrize("parts", [[0, 1], [0, 1, 2]], ids=["one column", "two columns"])
@settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=st.lists(_ROWS, min_size=20, max_size=20))
def test_on_spark_too(spark_engine: SparkEngine, parts: list[int], rows: list[list[Row]]):
    packed = [(case, *row[1:]) for case, found in enumerate(rows) for row in found]
    key = [("case", "text", "number")[part] for part in parts]
    assert others(packed, spark_engine, key) == expected(packed, parts)
