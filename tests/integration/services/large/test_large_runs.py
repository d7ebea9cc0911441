"""A job on the large path comes to what it comes to on the small one: silver, quarantine, gold, ledger, scorecard."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from shared.domain.job import ProcessingPath
from tests.datasets.claims.reports import DEFECTIVE, page
from tests.integration.services.large.conftest import LargePath
from tests.stored import assert_same_stored, stored

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import SparkSession

    from tests.integration.services.conftest import Bench
    from tests.proofs import Proofs

HIRING = Path(__file__).parents[3] / "datasets" / "hiring" / "data" / "semicolon"
DEPARTMENTS = b'[{"id": 1, "department": "Sales"},\n {"id": "2.0", "department": "Law"}, {"id": 3}, 4]'


def hiring_files() -> dict[str, bytes]:
    """One file of each kind that feeds one table: records, text in an archive, text as it is."""
    return {
        "departments.json": DEPARTMENTS,
        "jobs.csv.gz": gzip.compress((HIRING / "jobs.csv").read_bytes()),
        "hired_employees.csv": (HIRING / "hired_employees.csv").read_bytes(),
    }


def claims_files() -> dict[str, bytes]:
    """A page, claims in text without what the dataset adds to them, and text under another header."""
    header = b"SeqNumber,ServiceDate,PractitionerNumber,PHN,FeeItem,Billed,Adjust,Paid\n"
    return {
        "report.html": page(DEFECTIVE),
        "march.csv": header + b"1,2031-05-02,08420,BC - 9999999999,633,$10.00,$0.00,$9.00\n",
        "visits.csv": b"Clinic;Visits\nNorth;4\nSouth;5\n",
    }


@pytest.mark.parametrize(
    ("dataset", "files"),
    [
        pytest.param("hiring", hiring_files(), id="files that feed one table each"),
        pytest.param("claims", claims_files(), id="pages that the dataset reads by itself, and rows that it completes"),
        pytest.param("ecommerce", None, id="nested records", marks=pytest.mark.complete),
    ],
)
def test_a_large_job_comes_to_what_a_small_one_comes_to(
    dataset: str,
    files: dict[str, bytes] | None,
    records: bytes,
    make_bench: Callable[..., Bench],
    spark: SparkSession,
    tmp_path: Path,
    proofs: Proofs,
):
    sent = files or {"orders.json": records}
    request: dict[str, Any] = {"dataset": dataset, "names": tuple(sent)}
    small, large = make_bench(), make_bench(small_batch_threshold=0)
    expected = small.run(*sent.values(), **request)
    job = large.receive(*sent.values(), **request).job
    assert job.processing_path is ProcessingPath.LARGE_BATCH

    manifest, said = LargePath(large.app, spark, tmp_path / "files").run(job)

    account = small.app.process.records.account(expected.job)
    assert account is not None
    assert manifest.gold_rows == account.gold_rows
    equal = assert_same_stored(stored(large.app, manifest), stored(small.app, account))
    proofs.add(dataset, "small path = notebooks", 1, equal)
    assert said[0]["read"] == sum(balance.read for balance in manifest.ledger.values())
    assert said[1]["gold"] == manifest.gold_rows
