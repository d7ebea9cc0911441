"""More rows than an engine handles in one piece: keys and references must hold beyond it too."""

import json

import pytest

from shared.frames.engine import get_engine
from tests.outcome import outcome

MANY = 50_000


@pytest.mark.parametrize("engine", ["pyarrow", "pandas"])
def test_the_latest_row_of_each_key_is_kept_among_many(engine):
    records = [
        {
            "category": {
                "id": f"c{number * 7919 % MANY % (MANY // 2)}",
                "name": "n",
                "description": "d",
                "create_time": f"2026-01-01 00:00:{number % 60:02}",
            }
        }
        for number in range(MANY)
    ]
    best: dict[str, tuple[str, int]] = {}
    for number, record in enumerate(records, 1):
        fields = record["category"]
        best[fields["id"]] = max(best.get(fields["id"], ("", 0)), (fields["create_time"], -number))
    result = outcome("ecommerce", get_engine(engine), json.dumps(records).encode())
    assert sorted(result.silver["category"]["_row_no"].to_pylist()) == sorted(-place for _, place in best.values())
    assert result.ledger["category"].duplicate == MANY - len(best)
