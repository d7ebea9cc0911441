from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from shared.quality.row_search import rows_with_key, verdicts_on

ROWS = pa.table(
    {
        "no": pa.array([7, 8, None], pa.int64()),
        "name": pa.array(["Ann", "7", "Ann"]),
        "amount": pa.array([Decimal("1.50"), Decimal("2.00"), None], pa.decimal128(18, 2)),
        "day": pa.array([date(2021, 5, 30), None, date(2021, 5, 31)]),
    }
)


@pytest.mark.parametrize(
    ("key", "rows"),
    [
        ({"no": "7"}, 1),
        ({"no": "007"}, 1),
        ({"no": "seven"}, 0),
        ({"name": "Ann"}, 2),
        ({"name": "7"}, 1),
        ({"amount": "1.5"}, 1),
        ({"day": "2021-05-30"}, 1),
        ({"name": "Ann", "no": "7"}, 1),
        ({"name": "Ann", "no": "8"}, 0),
    ],
)
def test_a_row_is_found_by_the_values_of_its_key_as_text(key: dict[str, str], rows: int) -> None:
    assert rows_with_key(ROWS, key, {}).num_rows == rows


def test_an_identifier_is_found_by_its_token() -> None:
    found = rows_with_key(
        ROWS, {"no": "token-8"}, {"no": lambda texts: pc.binary_join_element_wise("token", texts, "-")}
    )
    assert found["name"].to_pylist() == ["7"]


def verdicts(*rows: tuple[str, int, str | None]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(("_file", "_row_no", "key"), row, strict=True)) for row in rows])


@pytest.mark.parametrize(
    ("key", "places", "rows"),
    [
        ("a", [], [1, 4]),
        ("a", [("f", 2)], [1, 2, 4]),
        (None, [("f", 2), ("g", 2)], [2]),
        ("b|c", [], [3]),
        (None, [], []),
    ],
)
def test_verdicts_are_found_by_key_and_by_place(key: Any, places: list[tuple[str, int]], rows: list[int]) -> None:
    known = verdicts(("f", 1, "a"), ("f", 2, None), ("f", 3, "b|c"), ("g", 4, "a"))
    assert verdicts_on(known, key, places)["_row_no"].to_pylist() == rows
