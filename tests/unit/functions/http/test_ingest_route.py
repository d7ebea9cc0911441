from __future__ import annotations

import json

import pytest

from shared.domain.job import JobProblem, JobState
from tests.unit.functions.http.conftest import make_job

ROWS = [{"id": 1, "department": "Sales"}]
URL = "/api/ingest/departments"


@pytest.fixture
def done(app):
    app.jobs_by_id["a1b2c3"] = make_job(state=JobState.SUCCEEDED_WITH_REJECTS, dataset="hiring")
    return app


def test_rows_are_answered_with_their_job_the_ledger_and_what_was_rejected(client, done):
    answer = client.post(URL, json=ROWS)

    assert answer.status_code == 201
    body = answer.json()
    assert (body["jobId"], body["dataset"], body["table"]) == ("a1b2c3", "hiring", "departments")
    assert (body["state"], body["recordCount"]) == ("succeeded_with_rejects", 3)
    assert body["ledger"] == {"users": {"read": 3, "silver": 1, "quarantined": 1, "duplicate": 1, "skipped": 0}}
    assert [(row["row"], row["column"], row["message"]) for row in body["rejected"]] == [
        (2, "email", "'=nobody' is no e-mail address."),
        (3, None, "Repeats an earlier row."),
    ]
    assert body["statusUrl"] == answer.headers["location"] == "http://strata.test/api/jobs/a1b2c3"
    request, (content,) = done.received[0]
    assert (request.user_id, request.dataset) == ("admin", "hiring")
    assert json.loads(content) == ROWS
    assert done.asked == [("ingest", "departments", True)]


def test_the_same_content_again_is_200_and_a_job_that_goes_on_is_202(client, done):
    done.created = False
    assert client.post(URL, json=ROWS).status_code == 200
    done.jobs_by_id["a1b2c3"] = make_job(state=JobState.ROUTED)
    assert client.post(URL, json=ROWS).status_code == 202


def test_when_no_row_could_be_loaded_the_problem_says_what_an_answer_says(client, done):
    problem = JobProblem("no_good_rows", "No row can be used, of 3 read.", "Look.", {"rows": 3})
    done.jobs_by_id["a1b2c3"] = make_job(state=JobState.FAILED, problem=problem)

    answer = client.post(URL, json=ROWS)

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    body = answer.json()
    assert (body["code"], body["detail"], body["jobId"]) == (problem.code, problem.message, "a1b2c3")
    assert (body["ledger"]["users"]["read"], len(body["rejected"])) == (3, 2)
    assert body["statusUrl"] == "http://strata.test/api/jobs/a1b2c3"


@pytest.mark.parametrize(
    ("body", "holds_rows"),
    [
        ({"json": {"rows": ROWS}}, True),
        ({"json": ROWS, "params": {"filename": "departments.json"}}, False),
        ({"content": b"1,Sales", "headers": {"content-type": "text/csv"}}, False),
        ({"content": b"1,Sales", "params": {"filename": "d.csv"}}, False),
        ({"files": {"file": ("d.xlsx", b"PK")}}, False),
    ],
    ids=["rows by name", "json file", "csv by its type", "csv by its name", "form"],
)
def test_json_without_a_file_name_is_rows_and_anything_else_a_file(client, done, body, holds_rows):
    assert client.post(URL, **body).status_code == 201
    assert done.asked == [("ingest", "departments", holds_rows)]


def test_options_are_those_of_any_job(client, done):
    client.post(URL, json=ROWS, params={"jobName": "J", "parentJobId": "p", "force": "1", "asOf": "2026-01-31"})

    request, _ = done.received[0]
    assert (request.job_name, request.parent_job_id, request.force) == ("J", "p", True)
    assert request.as_of is not None


@pytest.mark.parametrize("path", ["departmets", "user", "Departments"])
def test_an_unknown_table_is_404_and_names_the_known_ones(client, done, path):
    answer = client.post(f"/api/ingest/{path}", json=ROWS)

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_table")
    assert {"departments", "jobs", "hired_employees"} <= set(answer.json()["known"])
    assert ", ".join(answer.json()["known"]) in answer.json()["advice"]
    assert done.received == []


def test_a_table_is_looked_for_in_the_dataset_that_is_named(client, done):
    assert client.post(URL, json=ROWS, params={"dataset": "hiring"}).status_code == 201
    answer = client.post(URL, json=ROWS, params={"dataset": "ecommerce"})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_table")
    answer = client.post(URL, json=ROWS, params={"dataset": "hirings"})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_dataset")


def test_without_a_token_nothing_is_read(stranger, app):
    assert stranger.post(URL, json=ROWS).status_code == 401
    assert app.received == []
