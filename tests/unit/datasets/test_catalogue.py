"""What holds of all datasets together, and how one is found by a table."""

from collections import Counter
from dataclasses import replace

import pytest

from shared.datasets.catalogue import all_queries, dataset_names, dataset_of_table, load_dataset
from shared.errors import InvalidRequestError, NotFoundError


def test_no_two_datasets_publish_a_table_or_answer_a_query_of_one_name():
    datasets = [load_dataset(name) for name in dataset_names()]
    published = Counter(
        name for dataset in datasets for name in [*(table.name for table in dataset.gold), *dataset.views]
    )
    assert max(published.values()) == 1
    assert max(Counter(query.name for query in all_queries()).values()) == 1


@pytest.mark.parametrize("dataset", [None, "hiring"])
def test_a_table_that_files_feed_by_themselves_names_its_dataset(dataset):
    assert dataset_of_table("jobs", dataset) == "hiring"


def test_a_table_of_nested_records_takes_no_file_of_its_own():
    with pytest.raises(NotFoundError) as unknown:
        dataset_of_table("user")
    assert {"departments", "hired_employees", "jobs"} <= set(unknown.value.details["known"])
    with pytest.raises(NotFoundError) as unknown:
        dataset_of_table("user", "ecommerce")
    assert (unknown.value.code, unknown.value.details["known"]) == ("unknown_table", [])
    assert "/api/jobs" in unknown.value.advice


def test_an_unknown_dataset_is_said_to_be_so():
    with pytest.raises(NotFoundError) as unknown:
        dataset_of_table("jobs", "nothing")
    assert unknown.value.code == "unknown_dataset"


def test_a_table_that_several_datasets_have_needs_its_dataset_named(monkeypatch: pytest.MonkeyPatch):
    hiring = load_dataset("hiring")
    others = {name: replace(hiring, contract=hiring.contract.model_copy(update={"dataset": name})) for name in "ab"}
    monkeypatch.setattr("shared.datasets.catalogue.dataset_names", lambda: tuple(others))
    monkeypatch.setattr("shared.datasets.catalogue.load_dataset", others.__getitem__)
    assert dataset_of_table("jobs", "b") == "b"
    with pytest.raises(InvalidRequestError) as ambiguous:
        dataset_of_table("jobs")
    assert (ambiguous.value.code, ambiguous.value.details["known"]) == ("ambiguous_table", ["a", "b"])
