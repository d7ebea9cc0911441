"""Laws that hold whatever is sent."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings

from shared.datasets.catalogue import load_dataset
from shared.domain.verdicts import REJECTING
from shared.frames.engine import get_engine
from tests.dirt import as_files, dirty_records
from tests.outcome import outcome

CONTRACT = load_dataset("appointments").contract


@settings(max_examples=20, deadline=None)
@given(dirty_records(CONTRACT, most=12))
def test_every_row_read_ends_in_exactly_one_place(records):
    result = outcome("appointments", get_engine("pyarrow"), *as_files(CONTRACT, records, "dirt"))
    for table, balance in result.ledger.items():
        assert balance.balances
        rejected = [row for row in result.verdicts[table].to_pylist() if row["outcome"] in set(REJECTING)]
        rows = [*result.silver[table].to_pylist(), *rejected]
        places = Counter((row["_file"], row["_row_no"]) for row in rows)
        assert sum(places.values()) == balance.read
        assert set(places.values()) <= {1}
