"""Every dataset gives the same silver, quarantine, gold and ledger on every engine, row for row."""

import os

import pytest

from shared.datasets.catalogue import dataset_names, load_dataset
from shared.frames.engine import Engine, SparkEngine, get_engine
from shared.medallion.bronze import SourceFile
from tests.dirt import as_files, packed_dirt, sample_files
from tests.laws import assert_every_row_is_in_one_place
from tests.outcome import Outcome, assert_same, outcome
from tests.proofs import Proofs

EXAMPLES = 600 if os.environ.get("STRATA_COMPLETE") else 60


@pytest.fixture(scope="module", params=dataset_names())
def dataset(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def drawn(dataset: str) -> tuple[list, int]:
    """Records, and from how many examples they are."""
    return packed_dirt(load_dataset(dataset).contract, examples=EXAMPLES)


@pytest.fixture(scope="module")
def samples(dataset: str) -> list[SourceFile]:
    """What is sent usually."""
    return sample_files(load_dataset(dataset).contract)


@pytest.fixture(scope="module")
def dirt(dataset: str, drawn: tuple[list, int], samples: list[SourceFile]) -> list[SourceFile]:
    """The same records twice over, in files of different names, and samples."""
    contract, (records, _) = load_dataset(dataset).contract, drawn
    return [*as_files(contract, records, "first"), *as_files(contract, records, "second"), *samples]


@pytest.fixture(scope="module")
def cases(drawn: tuple[list, int], samples: list[SourceFile]) -> int:
    """From how many inputs the files were put together."""
    return drawn[1] + len(samples)


@pytest.fixture(scope="module")
def on_arrow(dataset: str, dirt: list[SourceFile]) -> Outcome:
    return outcome(dataset, get_engine("pyarrow"), *dirt)


def test_every_row_of_the_dirt_is_in_one_place(on_arrow: Outcome):
    assert_every_row_is_in_one_place(on_arrow)


def test_pandas_gives_what_arrow_gives(
    dataset: str, dirt: list[SourceFile], on_arrow: Outcome, cases: int, proofs: Proofs
):
    proofs.add(dataset, "Arrow = pandas", cases, assert_same(outcome(dataset, get_engine("pandas"), *dirt), on_arrow))


def test_spark_gives_what_arrow_gives(
    dataset: str, dirt: list[SourceFile], on_arrow: Outcome, spark_engine: SparkEngine, cases: int, proofs: Proofs
):
    proofs.add(dataset, "Arrow = Spark", cases, assert_same(outcome(dataset, spark_engine, *dirt), on_arrow))


def test_the_dirt_is_dirty_enough_to_prove_something(dataset: str, on_arrow: Outcome):
    contract = load_dataset(dataset).contract
    columns = [column for table in contract.tables for column in table.columns.values()]
    takes_json = any("json" in table.source.formats for table in contract.tables)
    possible = {
        "range": any(column.range for column in columns),
        "integer_text": any("integer_text" in column.clean for column in columns),
        "fault_marker": any(table.fault_marker for table in contract.tables),
        "object": contract.files == "all_tables",
        "record": takes_json,
        "scalar": takes_json,
        "columns": any(table.source.unknown_header == "skip" for table in contract.tables),
        "ragged": contract.files == "per_table",
        "quote": contract.files == "per_table",
    }
    accepted = sum(balance.silver for balance in on_arrow.ledger.values())
    rules = {name.split(":")[2] for counts in on_arrow.rule_counts.values() for name in counts}
    assert accepted > 0
    assert {"required", "type", "duplicate", "reference"} <= rules
    assert {rule for rule, occurs in possible.items() if occurs} <= rules


def test_a_second_run_gives_the_same(dataset: str, dirt: list[SourceFile], on_arrow: Outcome):
    engine: Engine = get_engine("pyarrow")
    assert_same(outcome(dataset, engine, *dirt), on_arrow)
