"""Jobs of a dataset that takes one file a table: together, one at a time, and published as they are."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from shared.domain.job import JobState
from shared.errors import InvalidRequestError
from shared.ports import Selection

if TYPE_CHECKING:
    from tests.integration.services.conftest import Bench

DEPARTMENTS, JOBS = b"id;department\r\n1;Sales\r\n2;Legal\r\n", b"7,Clerk\n"
HIRES = b"1,Ann,2021-05-30T05:43:46Z,1,7\n2,Bob,2021-05-30T05:43:46Z,9,7\n"
NAMES = ("departments.csv", "jobs.csv", "hired_employees.csv")


def test_the_files_of_a_job_feed_their_tables_and_refer_to_each_other(bench: Bench) -> None:
    view = bench.run(HIRES, DEPARTMENTS, JOBS, names=(NAMES[2], *NAMES[:2]), dataset="hiring")
    assert view.job.state is JobState.SUCCEEDED_WITH_REJECTS
    assert [(file.table, file.records) for file in view.files] == [
        ("hired_employees", 2),
        ("departments", 2),
        ("jobs", 1),
    ]
    assert (view.job.record_count, view.gold_rows) == (5, {"departments": 2, "jobs": 1, "hired_employees": 1})
    assert bench.rows("departments") == [{"id": 1, "department": "Sales"}, {"id": 2, "department": "Legal"}]
    assert [row["name"] for row in bench.rows("hired_employees")] == ["Ann"]
    (reject,) = bench.app.jobs.rejects(view.job.job_id)
    assert (reject.file, reject.row, reject.column, reject.rule) == (NAMES[2], 2, "department_id", "reference")


def test_an_archive_of_all_tables_is_one_file(bench: Bench) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for content, name in zip((DEPARTMENTS, JOBS, HIRES), NAMES, strict=True):
            archive.writestr(name, content)
    view = bench.run(packed.getvalue(), names=("everything.zip",), dataset="hiring")
    assert view.gold_rows == {"departments": 2, "jobs": 1, "hired_employees": 1}
    assert view.job.record_count == 5


def test_tables_may_come_one_at_a_time(bench: Bench) -> None:
    for content, name in zip((DEPARTMENTS, JOBS, HIRES), NAMES, strict=True):
        view = bench.run(content, names=(name,), dataset="hiring")
    assert view.ledger["hired_employees"].silver == 1
    assert view.ledger["departments"].read == 0
    assert len(bench.rows("departments")) == 2, "a table that no file of a job feeds stays as it is"


def test_a_row_that_comes_again_replaces_the_one_of_its_key(bench: Bench) -> None:
    bench.run(DEPARTMENTS, names=("departments.csv",), dataset="hiring")
    bench.run(b"2.0,Law\n3,Buying\n", names=("departments.csv",), dataset="hiring")
    assert [(row["id"], row["department"]) for row in bench.rows("departments")] == [
        (1, "Sales"),
        (2, "Law"),
        (3, "Buying"),
    ]


def test_the_same_bytes_for_the_same_tables_are_the_same_job_whatever_the_files_are_called(bench: Bench) -> None:
    first = bench.receive(DEPARTMENTS, JOBS, names=NAMES[:2], dataset="hiring")
    again = bench.receive(JOBS, DEPARTMENTS, names=("JOBS (2).txt", "my departments.csv"), dataset="hiring")
    assert (again.created, again.job.job_id) == (False, first.job.job_id)


def test_the_same_bytes_for_another_table_are_another_job(bench: Bench) -> None:
    first = bench.receive(JOBS, names=("jobs.csv",), dataset="hiring")
    other = bench.receive(JOBS, names=("departments.csv",), dataset="hiring")
    assert other.created
    assert other.job.job_id != first.job.job_id


def test_a_file_of_no_known_table_stores_nothing(bench: Bench) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        bench.receive(DEPARTMENTS, b"1,2,3\n", names=("departments.csv", "upload.csv"), dataset="hiring")
    assert refused.value.code == "unknown_table_of_file"
    assert bench.paths("bronze", "manifests") == set()


def test_several_files_may_feed_one_table(bench: Bench) -> None:
    view = bench.run(
        DEPARTMENTS, b"3,Buying\n2,Law\n", names=("departments.csv", "departments 2.csv"), dataset="hiring"
    )
    assert [row["id"] for row in bench.rows("departments")] == [1, 2, 3]
    assert (view.ledger["departments"].read, view.ledger["departments"].duplicate) == (4, 1)
    (reject,) = bench.app.jobs.rejects(view.job.job_id)
    assert reject.repeats == {"file": "departments.csv", "row": 3}


def test_force_takes_the_place_of_what_an_earlier_job_brought(bench: Bench) -> None:
    first = bench.run(DEPARTMENTS, names=("departments.csv",), dataset="hiring")
    second = bench.run(DEPARTMENTS, names=("departments.csv",), dataset="hiring", force=True)
    assert bench.app.jobs.get(first.job.job_id).job.state is JobState.SUPERSEDED
    jobs = bench.app.explore.read("departments", Selection(columns=("_job_id",))).to_pylist()
    assert jobs == [{"_job_id": second.job.job_id}] * 2
