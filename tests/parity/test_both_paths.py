"""One file through the whole system by either path: each row ends by the one where it ends by the other."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import msgspec
import pytest

from devkit.java import suitable_java
from devkit.samples.ecommerce import generate
from devkit.system import LocalSystem
from tests.large_system import QUIET, LargeSystem, assert_same_left

if TYPE_CHECKING:
    from pathlib import Path

    from tests.large_system import Left
    from tests.proofs import Proofs

pytestmark = [
    pytest.mark.complete,
    pytest.mark.timeout(1500),
    pytest.mark.skipif(not suitable_java(), reason="Spark needs Java 17 or newer"),
]

RECORDS = 10_001


def test_the_first_file_that_is_large_comes_to_what_it_would_come_to_if_it_were_small(
    tmp_path: Path, proofs: Proofs
) -> None:
    sample = generate(RECORDS, seed=23, fault_rate=0.1)
    content = msgspec.json.encode(sample.records)

    by_small = left_by(tmp_path / "small", content, {"STRATA_SMALL_BATCH_THRESHOLD": str(RECORDS)}, "small_batch")
    # Tokens are equal where the key is.
    (tmp_path / "large").mkdir()
    shutil.copy(tmp_path / "small" / "secrets.json", tmp_path / "large")
    by_large = left_by(tmp_path / "large", content, {}, "large_batch")

    assert by_small.told["recordCount"] == RECORDS
    assert by_small.told["state"] == "succeeded_with_rejects"
    proofs.add("ecommerce", "small path = large path, whole system", 1, assert_same_left(by_large, by_small))


def left_by(folder: Path, content: bytes, settings: dict[str, str], path: str) -> Left:
    """Return what a job leaves in a system of its own."""
    with (
        LocalSystem(folder, {**QUIET, **settings}, with_pipelines=True) as running,
        LargeSystem(running) as system,
    ):
        job = system.send("ecommerce", {"orders.json": content})
        assert system.job(job)["processingPath"] == path
        if path == "large_batch":
            system.run_now(job)
        system.finished(job, 900)
        return system.left_by(job)
