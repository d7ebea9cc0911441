"""A dataset that reads files by itself: what it says of rows and of files comes along with the rows."""

from dataclasses import replace
from decimal import Decimal

import pyarrow as pa
import pytest

from shared.datasets.catalogue import Dataset, load_dataset
from shared.datasets.extraction import Extracted
from shared.domain.scorecard import Reconciled
from shared.medallion import bronze
from shared.medallion.bronze import SourceFile
from shared.readers.rows import number_of_part, sequence_start

FINDINGS = ["_seq", "column", "rule", "expected", "found"]


def read_words(data: bytes, filename: str, file_no: int) -> Extracted:
    """Read pages whose words are the names of departments, numbered from 1."""
    names = data.decode().removeprefix("<p>").split()
    numbers = pa.array(range(1, len(names) + 1), pa.int64())
    places = pa.array([sequence_start(file_no) + number for number in range(1, len(names) + 1)], pa.int64())
    columns = [numbers.cast(pa.string()), pa.array(names), pa.nulls(len(names), pa.string())]
    table = pa.table(
        [*columns, pa.array([filename] * len(names)), numbers, places],
        ["id", "department", "_faults", "_file", "_row_no", "_seq"],
    )
    finding = pa.table([places.slice(0, 1), ["department"], ["odd"], ["x"], ["y"]], FINDINGS)
    stated = Reconciled("rows", Decimal(9), Decimal(len(names)))
    return Extracted({"departments": table}, {"departments": finding}, (stated,))


@pytest.fixture
def dataset(monkeypatch: pytest.MonkeyPatch) -> Dataset:
    known = load_dataset("hiring")
    hiring = replace(known, contract=known.contract.model_copy(update={"own": ("html",)}))
    monkeypatch.setitem(hiring.__dict__, "own_reader", read_words)
    monkeypatch.setitem(hiring.__dict__, "completion", Extracted)
    return hiring


def test_files_that_it_knows_are_read_by_it_and_the_others_as_usual(dataset: Dataset):
    files = [
        SourceFile("a.html", b"<p>Sales Legal"),
        SourceFile("b.csv", b"id,department\n7,Archive\n", "departments"),
        SourceFile("c.html", b"<p>Board"),
    ]
    read = bronze.read_dataset(dataset, files)
    assert read.tables["departments"]["department"].to_pylist() == ["Sales", "Legal", "Archive", "Board"]
    assert [table.num_rows for table in read.tables.values()] == [4, 0, 0]
    assert read.findings["departments"]["_seq"].to_pylist() == [1, sequence_start(number_of_part(2, 0)) + 1]
    assert [(one.file, one.found, one.agrees) for one in read.reconciliation] == [
        ("a.html", 2, False),
        ("c.html", 1, False),
    ]


def test_most_datasets_have_none():
    hiring = load_dataset("hiring")
    assert (hiring.own_reader, hiring.completion, hiring.own_count) == (None, None, None)
    files = [SourceFile("b.csv", b"id,department\n7,Archive\n", "departments")]
    read = bronze.read_dataset(hiring, files)
    assert (read.findings, read.reconciliation) == ({}, ())
    assert read.tables == bronze.read(hiring.contract, files)
