"""Hires over HTTP: three files in one job, rows one table at a time, and the answers that are known of them."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from tests.datasets.hiring.copies import DATA, FORMS, HEADERS

CANONICAL, SEMICOLON = FORMS["canonical"](), FORMS["semicolon"]()


def rows_of(table: str) -> list[dict[str, Any]]:
    """The rows of the canonical copy as a client would write them in JSON."""
    numbers = {"id", "department_id", "job_id"}
    reader = csv.DictReader(io.StringIO(CANONICAL[table].decode(), newline=""), HEADERS[table])
    return [
        {name: int(text) if name in numbers and text else text or None for name, text in row.items()} for row in reader
    ]


@pytest.fixture(scope="module")
def job(api) -> dict[str, Any]:
    """The canonical copy in one job, in fields that say the table, under names that do not."""
    files = [(table, (f"{number}.csv", content)) for number, (table, content) in enumerate(CANONICAL.items())]
    receipt = api.http.post("/api/jobs", params={"dataset": "hiring", "jobName": "hires"}, files=files)
    assert receipt.status_code == 202, receipt.text
    return api.follow(receipt.json()["jobId"])


def test_a_job_of_three_files_tells_of_each_table_and_file(job):
    assert job["state"] == "succeeded_with_rejects"
    assert {table: (one["read"], one["silver"], one["quarantined"]) for table, one in job["ledger"].items()} == {
        "departments": (12, 12, 0),
        "jobs": (183, 183, 0),
        "hired_employees": (1999, 1929, 70),
    }
    assert {file["filename"]: (file["table"], file["records"]) for file in job["files"]} == {
        "0.csv": ("departments", 12),
        "1.csv": ("jobs", 183),
        "2.csv": ("hired_employees", 1999),
    }
    assert job["goldTables"] == {"departments": 12, "jobs": 183, "hired_employees": 1929}


@pytest.mark.parametrize("dated", ["", "-2021"])
def test_the_metrics_are_exactly_those_known(api, job, dated):
    quarterly = api.get(f"/api/metrics/quarterly-hires{dated}")
    expected = list(csv.DictReader((DATA / "quarterly_2021.csv").open(encoding="utf-8", newline="")))
    assert [{name.lower(): str(value) for name, value in row.items()} for row in quarterly] == [
        {name.lower(): value for name, value in row.items()} for row in expected
    ]
    above = api.get(f"/api/metrics/departments-above-mean{dated}")
    assert [(row["id"], row["hired"]) for row in above] == [
        *((8, 216), (5, 205), (6, 201), (7, 200), (4, 185), (3, 148), (9, 142)),
    ]


def test_the_metrics_come_as_csv_and_of_any_year(api, job):
    text = api.http.get("/api/metrics/quarterly-hires", params={"year": 2022, "format": "csv"}).text
    assert text.startswith("department,job,q1,q2,q3,q4\r\n")
    assert sum(int(row["q1"]) for row in csv.DictReader(io.StringIO(text, newline=""))) == 286
    wrong = api.http.get("/api/metrics/quarterly-hires", params={"year": 99})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid_parameter")


def test_further_questions_are_asked_by_name(api, job):
    rows = api.get("/api/queries/department_hires", year=2021)
    assert (rows[0]["department"], rows[0]["place"], rows[0]["hired"]) == ("Support", 1, 216)
    assert sum(row["hired"] for row in rows) == 1643


def test_the_other_copy_sent_one_table_at_a_time_gives_the_same_rows(api, job):
    before = api.get("/api/tables/hired_employees", columns="id,name,department_id", orderBy="id", limit=100_000)
    for table, content in SEMICOLON.items():
        answer = api.http.post(f"/api/ingest/{table}", params={"filename": "any.csv"}, content=content)
        assert answer.status_code == 201, answer.text
        assert len(answer.json()["rejected"]) == (70 if table == "hired_employees" else 0)
    after = api.get("/api/tables/hired_employees", columns="id,name,department_id", orderBy="id", limit=100_000)
    assert after == before
    own = api.get("/api/tables/hired_employees", columns="_job_id", filter=f"_job_id={answer.json()['jobId']}", limit=5)
    assert len(own) == 5, "the last job that delivered a row is the one that it names"


def test_a_thousand_rows_of_json_are_loaded_and_the_bad_ones_named(api, job):
    rows = [{**row, "id": row["id"] + 100_000} for row in rows_of("hired_employees")[:1_000]]
    answer = api.http.post("/api/ingest/hired_employees", json={"rows": rows})
    assert answer.status_code == 201, answer.text
    body = answer.json()
    ledger = body["ledger"]["hired_employees"]
    incomplete = [number for number, row in enumerate(rows, 1) if None in row.values()]
    assert [reject["row"] for reject in body["rejected"]] == incomplete
    assert (ledger["read"], ledger["quarantined"]) == (1_000, len(incomplete))
    again = api.http.post("/api/ingest/hired_employees", json=rows)
    assert (again.status_code, again.json()) == (200, body)
    assert api.http.delete(f"/api/jobs/{body['jobId']}").status_code == 200


def test_more_than_a_thousand_rows_an_unknown_table_and_no_rows_are_refused(api):
    many = api.http.post("/api/ingest/departments", json=[{"id": 1, "department": "x"}] * 1_001)
    assert (many.status_code, many.json()["code"]) == (413, "too_many_rows")
    unknown = api.http.post("/api/ingest/department", json=[{"id": 1}])
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_table")
    assert "departments" in unknown.json()["advice"]
    empty = api.http.post("/api/ingest/departments", json=[])
    assert (empty.status_code, empty.json()["code"]) == (400, "no_rows")


def test_files_of_no_known_table_make_no_job(api):
    answer = api.http.post("/api/jobs", params={"dataset": "hiring"}, files={"file": ("upload.csv", b"1,2,3\n")})
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_table_of_file")
    assert answer.json()["known"] == ["departments", "jobs", "hired_employees"]
