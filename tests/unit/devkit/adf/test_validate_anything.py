"""Whatever a definition looks like, it is judged and never breaks the judge."""

from __future__ import annotations

import copy
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devkit.adf.local.place import PIPELINES
from devkit.adf.validate import validate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEPT = (
    "pipeline/SmallBatchCleaningPipeline.json",
    "pipeline/PublishGold.json",
    "dataset/ParquetFolder.json",
    "linkedService/DataLake.json",
    "trigger/EveryTenMinutes.json",
)
ORIGINALS = {name: json.loads((PIPELINES / name).read_text("utf-8")) for name in KEPT}


def spots(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON value: what it is in, and its name or number there."""
    for key, each in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield value, key
        yield from spots(each)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A factory of a few definitions, which each example writes anew."""
    folder = tmp_path_factory.mktemp("adf")
    for name in KEPT:
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(PIPELINES / name, folder / name)
    return folder


@settings(max_examples=100)
@given(
    name=st.sampled_from(KEPT),
    place=st.integers(0, 10_000),
    value=st.sampled_from([None, 5, True, "text", "@item()", [], {}, [1], {"a": 1}]),
)
def test_a_value_of_any_kind_anywhere_is_judged(root: Path, name: str, place: int, value: Any) -> None:
    content = copy.deepcopy(ORIGINALS[name])
    found = list(spots(content["properties"]))
    container, key = found[place % len(found)]
    container[key] = value
    (root / name).write_text(json.dumps(content), "utf-8")

    for finding in validate(root):
        assert finding.path.startswith("$")
        assert finding.reason.endswith(".")

    (root / name).write_text(json.dumps(ORIGINALS[name]), "utf-8")
