from datetime import datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from shared.errors import InvalidRequestError
from shared.frames.engine import Engine, get_engine

NOON = datetime(2026, 1, 15, 12)


def test_a_table_comes_back_as_it_went_in(engine: Engine):
    table = pa.table(
        {
            "text": pa.array(["é", None, ""], pa.string()),
            "number": pa.array([1, None, -3], pa.int64()),
            "money": pa.array([Decimal("1.50"), None, Decimal("-0.01")], pa.decimal128(18, 2)),
            "moment": pa.array([NOON, None, None], pa.timestamp("us")),
            "flag": pa.array([True, None, False], pa.bool_()),
        }
    )
    assert engine.to_arrow(engine.persist(engine.from_arrow(table))).equals(table)


def test_an_engine_that_does_not_exist_is_refused_by_name():
    with pytest.raises(InvalidRequestError, match="duckling"):
        get_engine("duckling")
