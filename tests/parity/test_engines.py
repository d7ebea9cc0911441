"""Every dataset gives the same silver, quarantine, gold and ledger on every engine, row for row."""

import json
import os

import pytest

from shared.datasets.catalogue import dataset_names, load_dataset
from shared.frames.engine import Engine, SparkEngine, get_engine
from tests.dirt import packed_dirt
from tests.outcome import Outcome, assert_same, outcome

EXAMPLES = 600 if os.environ.get("STRATA_COMPLETE") else 60


@pytest.fixture(scope="module", params=dataset_names())
def dataset(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def dirt(dataset: str) -> bytes:
    return json.dumps(packed_dirt(load_dataset(dataset).contract, examples=EXAMPLES)).encode()


@pytest.fixture(scope="module")
def on_arrow(dataset: str, dirt: bytes) -> Outcome:
    return outcome(dataset, get_engine("pyarrow"), dirt, dirt)


def test_pandas_gives_what_arrow_gives(dataset: str, dirt: bytes, on_arrow: Outcome):
    assert_same(outcome(dataset, get_engine("pandas"), dirt, dirt), on_arrow)


def test_spark_gives_what_arrow_gives(dataset: str, dirt: bytes, on_arrow: Outcome, spark_engine: SparkEngine):
    assert_same(outcome(dataset, spark_engine, dirt, dirt), on_arrow)


def test_the_dirt_is_dirty_enough_to_prove_something(on_arrow: Outcome):
    accepted = sum(balance.silver for balance in on_arrow.ledger.values())
    rules = {name.split(":")[2] for counts in on_arrow.rule_counts.values() for name in counts}
    assert accepted > 0
    assert {
        "required",
        "fault_marker",
        "scalar",
        "type",
        "range",
        "duplicate",
        "reference",
        "object",
        "record",
    } <= rules


def test_a_second_run_gives_the_same(dataset: str, dirt: bytes, on_arrow: Outcome):
    engine: Engine = get_engine("pyarrow")
    assert_same(outcome(dataset, engine, dirt, dirt), on_arrow)
