"""Laws that hold for every dataset, whatever is sent; the parity tests hold all engines to them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.datasets.catalogue import dataset_names, load_dataset
from shared.frames.engine import get_engine
from tests.dirt import as_files, dirty_records
from tests.laws import assert_every_row_is_in_one_place
from tests.outcome import outcome


@pytest.mark.parametrize("dataset", dataset_names())
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_row_read_ends_in_exactly_one_place(dataset: str, data: st.DataObject) -> None:
    contract = load_dataset(dataset).contract
    records = data.draw(dirty_records(contract, most=12))
    assert_every_row_is_in_one_place(outcome(dataset, get_engine("pyarrow"), *as_files(contract, records, "dirt")))
