"""Which files and tables a dataset means."""

from __future__ import annotations

from typing import Any

import pytest

from devkit.adf.datasets import file_location, table_name
from devkit.adf.errors import ActivityError

PATHS = ["a.csv", "in/a.csv", "in/b.csv", "in/b.parquet", "in/deep/a.csv", "in_old/a.csv", "out/x[1]/a.csv"]
CASES: list[tuple[dict[str, Any], dict[str, Any], list[str]]] = [
    ({"folderPath": "in"}, {}, ["in/a.csv", "in/b.csv", "in/b.parquet", "in/deep/a.csv"]),
    ({"folderPath": "in"}, {"recursive": False}, ["in/a.csv", "in/b.csv", "in/b.parquet"]),
    ({"folderPath": "in", "fileName": "a.csv"}, {}, ["in/a.csv"]),
    ({"folderPath": "in"}, {"wildcardFileName": "*.csv", "recursive": False}, ["in/a.csv", "in/b.csv"]),
    ({"folderPath": "in"}, {"wildcardFileName": "?.csv"}, ["in/a.csv", "in/b.csv", "in/deep/a.csv"]),
    ({}, {"wildcardFolderPath": "in*", "wildcardFileName": "a.*", "recursive": False}, ["in/a.csv", "in_old/a.csv"]),
    ({"folderPath": "out/x[1]"}, {}, ["out/x[1]/a.csv"]),
    ({"fileName": "a.csv"}, {}, ["a.csv"]),
    ({}, {}, PATHS),
    ({"folderPath": "i"}, {}, []),
]


@pytest.mark.parametrize(("place", "settings", "expected"), CASES, ids=[str(case[:2]) for case in CASES])
def test_the_files_of_a_dataset(place: dict[str, Any], settings: dict[str, Any], expected: list[str]) -> None:
    location = file_location({"typeProperties": {"location": {"fileSystem": "lake", **place}}}, settings)

    assert [path for path in PATHS if location.holds(path)] == expected
    assert all(path.startswith(location.prefix) for path in expected)


def test_files_without_a_container_are_refused() -> None:
    with pytest.raises(ActivityError, match="names no container"):
        file_location({"typeProperties": {"location": {"folderPath": "in"}}})


@pytest.mark.parametrize(
    ("kind", "properties", "expected"),
    [
        ("AzureSqlDWTable", {"schema": "gold", "table": "fact"}, "gold.fact"),
        ("AzureSqlDWTable", {"table": "fact"}, "synapse.fact"),
        ("AzureSqlDWTable", {"tableName": "gold.fact"}, "gold.fact"),
        ("AzureMySqlTable", {"tableName": "stg_fact"}, "staging.stg_fact"),
    ],
)
def test_the_table_of_a_dataset(kind: str, properties: dict[str, Any], expected: str) -> None:
    assert table_name({"type": kind, "typeProperties": properties}) == expected


def test_a_table_without_a_name_is_refused() -> None:
    with pytest.raises(ActivityError, match="names no table"):
        table_name({"type": "AzureMySqlTable", "typeProperties": {}})
