"""Which table of a dataset a file feeds."""

import gzip
import io
import zipfile

import pytest

from shared.datasets.catalogue import load_dataset
from shared.errors import InvalidRequestError
from shared.readers.feeds import table_of

HIRING, CLAIMS = (load_dataset(name).contract for name in ("hiring", "claims"))
NOTHING = b"1,2,3\n"


def table(filename: str = "upload.csv", field: str | None = "file", content: bytes = NOTHING) -> str | None:
    return table_of(HIRING, filename, field, io.BytesIO(content))


@pytest.mark.parametrize("field", ["hired_employees", "Hired_Employees", "hired-employees", "hiredEmployees"])
def test_a_field_named_as_a_table_decides_whatever_the_file_is_called(field):
    assert table("jobs.csv", field) == "hired_employees"


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("departments.csv", "departments"),
        ("DEPARTMENTS.CSV", "departments"),
        ("Hired_Employees (2).csv", "hired_employees"),
        ("2021 hired employees final.xlsx", "hired_employees"),
        ("HiredEmployees.csv.gz", "hired_employees"),
        ("jobs", "jobs"),
        ("export-jobs-2021.tsv", "jobs"),
    ],
)
def test_else_the_name_of_the_file_decides(filename, expected):
    assert table(filename) == expected
    assert table(filename, field=None) == expected
    assert table(filename, field="jobs_of_somebody") == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"id;department\n1;Sales\n", "departments"),
        (b"\xef\xbb\xbfID_JOB\tJOB\r\n1\tClerk\r\n", "jobs"),
        (b"job_id,name,datetime,department_id,id\n1,Ann,2021-01-01T00:00:00Z,1,1\n", "hired_employees"),
        (b'[{"id": 1, "job": "Clerk"}]', "jobs"),
        (b'{"id": 1, "department": "Sales"}\n{"id": 2, "department": "Legal"}\n', "departments"),
    ],
)
def test_else_the_names_of_its_columns_decide(content, expected):
    assert table("upload", content=content) == expected
    assert table("jobs and departments.csv", content=content) == expected


@pytest.mark.parametrize(
    ("filename", "content"),
    [
        ("upload.csv", NOTHING),
        ("upload.csv", b""),
        ("upload.csv", b"id,department,job\n1,Sales,Clerk\n"),
        ("jobs_and_departments.csv", NOTHING),
    ],
)
def test_a_file_of_no_single_table_is_refused_with_the_tables_there_are(filename, content):
    with pytest.raises(InvalidRequestError) as refused:
        table(filename, content=content)
    assert refused.value.code == "unknown_table_of_file"
    assert filename in refused.value.message
    assert "departments, jobs, hired_employees" in refused.value.advice


def test_a_file_that_feeds_all_tables_of_its_dataset_belongs_to_none():
    assert table_of(load_dataset("ecommerce").contract, "user.json", "order", io.BytesIO(b"[]")) is None


def packed(**files: bytes) -> io.BytesIO:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream


@pytest.mark.parametrize(
    "stream",
    [
        io.BytesIO(b"<html>"),
        io.BytesIO(" \ufeff<p>".encode("utf-16")),
        io.BytesIO(gzip.compress(b"<p>")),
        packed(claims=b"a,b\n", b=b"<p>"),
    ],
)
def test_a_file_that_its_dataset_reads_by_itself_feeds_all_tables_whatever_it_is_called(stream: io.BytesIO):
    assert table_of(CLAIMS, "claims.csv", "claim_messages", stream) is None


@pytest.mark.parametrize("content", [b"id,department\n", b"", b"PK\x03\x04 damaged", b"[]"])
def test_a_file_of_no_table_belongs_to_the_one_that_takes_any_header(content: bytes):
    assert table_of(CLAIMS, "march.csv", "file", io.BytesIO(content)) == "claims"


def test_a_name_still_says_the_table_where_any_header_is_taken():
    assert table_of(CLAIMS, "claim_messages.csv", None, io.BytesIO(b"a,b\n")) == "claim_messages"
    assert table_of(CLAIMS, "march.csv", "claim_messages", io.BytesIO(b"a,b\n")) == "claim_messages"
