from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from shared.domain.job import JobFile, JobState
from shared.errors import ConflictError, NotFoundError
from shared.services.expect import Expectation, ExpectedFile
from tests.unit.functions.http.conftest import NOW, make_job

ADDRESS = "https://strata.test/landing/admin/a1b2c3/{}?sig=s"


@pytest.fixture
def asked(app):
    """What the service was asked; it answers with a job that waits."""
    requests = []

    def expect(wanted):
        requests.append(wanted)
        app._ask("expect")
        job = make_job(state=JobState.AWAITING_FILE, record_count=None, processing_path=None, job_name=wanted.job_name)
        files = tuple(JobFile(file.filename, "path", None, None, table=file.table) for file in wanted.files)
        return Expectation(job, files, tuple(ADDRESS.format(file.filename) for file in files), NOW)

    app.expect = expect
    return requests


@pytest.fixture
def completed(app):
    """The jobs that the service was told of as complete."""
    jobs = []

    def complete(job_id):
        jobs.append(job_id)
        app._ask("complete")

    app.arrivals = SimpleNamespace(complete=complete)
    return jobs


def test_a_job_that_waits_is_answered_with_the_address_of_its_file(client, asked):
    answer = client.post("/api/uploads", json={"dataset": "ecommerce", "filename": "a.json", "jobName": "May"})

    assert answer.status_code == 201
    assert answer.headers["location"] == "http://strata.test/api/jobs/a1b2c3"
    assert answer.json() == {
        "jobId": "a1b2c3",
        "parentJobId": "a1b2c3",
        "jobName": "May",
        "dataset": "ecommerce",
        "state": "awaiting_file",
        "uploadUrl": ADDRESS.format("a.json"),
        "files": [{"filename": "a.json", "table": None, "uploadUrl": ADDRESS.format("a.json")}],
        "expiresAt": "2026-01-31T08:00:00Z",
        "completeUrl": "http://strata.test/api/uploads/a1b2c3/complete",
        "statusUrl": "http://strata.test/api/jobs/a1b2c3",
    }


def test_several_files_of_one_job_get_an_address_each(client, asked):
    files = [{"filename": "one.csv", "table": "jobs"}, {"filename": "two.csv"}]

    answer = client.post("/api/uploads", json={"dataset": "hiring", "files": files}).json()

    assert [file["uploadUrl"] for file in answer["files"]] == [ADDRESS.format("one.csv"), ADDRESS.format("two.csv")]
    assert asked[0].files == (ExpectedFile("one.csv", "jobs"), ExpectedFile("two.csv"))


def test_all_that_can_be_said_of_a_job_can_be_said_here(client, asked):
    body = {"dataset": "hiring", "filename": "../a\u202e.csv", "table": "jobs", "asOf": "2026-01-31", "force": True}

    client.post("/api/uploads", json={**body, "parentJobId": "b7"})

    (wanted,) = asked
    assert (wanted.user_id, wanted.dataset, wanted.force) == ("admin", "hiring", True)
    assert (wanted.files, wanted.parent_job_id) == ((ExpectedFile("a.csv", "jobs"),), "b7")
    assert wanted.as_of == datetime(2026, 1, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"filename": "a"}, "The field 'dataset' is required."),
        ({"dataset": "e"}, "The body should name the file in 'filename', or several in 'files'."),
        ({"dataset": "e", "filename": "a", "files": [{"filename": "b"}]}, "The body should name the file in"),
        ({"dataset": "e", "files": [{"filename": "b"}], "table": "t"}, "The body should give the table of each of"),
        ({"dataset": "e", "files": [{}]}, "The field 'files.0.filename' is required."),
        ({"dataset": "e", "filename": "a", "file": "b"}, "There is no field 'file' here."),
        ({"dataset": "e", "filename": "a", "parentJobId": "../x"}, "The field 'parentJobId' should be up to 64"),
    ],
)
def test_what_is_wrong_in_the_body_is_said_in_a_sentence(client, asked, body, sentence):
    answer = client.post("/api/uploads", json=body)

    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(sentence)
    assert asked == []


def test_what_the_service_refuses_is_a_problem(client, app, asked):
    app.error = NotFoundError("There is no dataset 'e'.", code="unknown_dataset")

    answer = client.post("/api/uploads", json={"dataset": "e", "filename": "a"})

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_dataset")


def test_a_complete_upload_is_told_to_the_service_and_answered_with_the_job(client, completed):
    answer = client.post("/api/uploads/a1b2c3/complete")

    assert (answer.status_code, answer.json()["jobId"], completed) == (202, "a1b2c3", ["a1b2c3"])
    assert answer.headers["location"] == "http://strata.test/api/jobs/a1b2c3"


def test_an_upload_that_is_not_complete_is_a_conflict(client, app, completed, monkeypatch):
    def refuse(job_id):
        raise ConflictError("a.json is not there yet.", code="file_missing", missing=["a.json"])

    app.arrivals.complete = refuse
    answer = client.post("/api/uploads/a1b2c3/complete")

    assert (answer.status_code, answer.json()["code"], answer.json()["missing"]) == (409, "file_missing", ["a.json"])


def test_an_unknown_upload_is_not_found(client, completed):
    assert client.post("/api/uploads/nothing/complete").status_code == 404
    assert completed == []


def test_a_body_over_the_limit_of_a_request_is_advised_to_go_this_way(client, app):
    app.settings.max_upload_bytes = 10

    answer = client.post("/api/jobs?dataset=e", content=b"x" * 11, headers={"content-type": "application/json"})

    assert answer.status_code == 413
    assert "POST /api/uploads" in answer.json()["advice"]
