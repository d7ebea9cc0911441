"""Laws that hold of every dataset, whatever is sent."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.datasets.catalogue import dataset_names, load_dataset
from shared.domain.verdicts import REJECTING
from shared.frames.engine import get_engine
from tests.dirt import as_files, dirty_records
from tests.outcome import outcome

if TYPE_CHECKING:
    from shared.contracts.model import Contract


@pytest.fixture(scope="module", params=dataset_names())
def contract(request: pytest.FixtureRequest) -> Contract:
    return load_dataset(request.param).contract


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_row_read_ends_in_exactly_one_place(contract: Contract, data: st.DataObject) -> None:
    records = data.draw(dirty_records(contract, most=12))
    result = outcome(contract.dataset, get_engine("pyarrow"), *as_files(contract, records, "dirt"))
    for table, balance in result.ledger.items():
        assert balance.balances
        rejected = [row for row in result.verdicts[table].to_pylist() if row["outcome"] in set(REJECTING)]
        rows = [*result.silver[table].to_pylist(), *rejected]
        places = Counter((row["_file"], row["_row_no"]) for row in rows)
        assert sum(places.values()) == balance.read
        assert set(places.values()) <= {1}
