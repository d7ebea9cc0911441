from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shared.domain.job import JobFile, JobState, ProcessingPath
from shared.errors import NotFoundError
from shared.services.expect import Expectation
from tests.unit.functions.http.conftest import NOW, make_job

UPLOAD_URL = "https://strata.test/landing/admin/a1b2c3/upload.json?sig=s"


@pytest.fixture
def asked(app):
    """What the service was asked; it answers with a job that waits for an upload unless blobs are named."""
    requests = []

    def clean_data(request):
        requests.append(request)
        app._ask("clean_data")
        path = ProcessingPath.SMALL_BATCH if request.claimed <= 10_000 else ProcessingPath.LARGE_BATCH
        job = make_job(
            state=JobState.AWAITING_FILE,
            record_count=None,
            claimed_count=request.claimed,
            processing_path=path,
            job_name=request.job_name,
        )
        names = [blob.rpartition("/")[2] for blob in request.blobs] or [request.filename]
        files = tuple(JobFile(name, name, None, None) for name in names)
        return Expectation(job, files, (None if request.blobs else UPLOAD_URL,) * len(files), NOW)

    app.clean_data = clean_data
    return requests


@pytest.fixture
def post(client, asked):
    return lambda **body: client.post("/api/clean_data", json=body)


def test_what_clients_send_is_answered_as_they_know_it_with_what_is_ours_behind(post, asked):
    answer = post(dataCount=5_000, jobName="Q4_2024_Sales")

    assert answer.status_code == 202
    assert list(answer.json().items()) == [
        ("success", True),
        ("jobId", "a1b2c3"),
        ("parentJobId", "a1b2c3"),
        ("processingPath", "small_batch"),
        ("queueName", "small-batch-queue"),
        ("expectedProcessingTime", "a few seconds"),
        ("recordCount", 5_000),
        ("provisional", True),
        ("jobName", "Q4_2024_Sales"),
        ("dataset", "ecommerce"),
        ("state", "awaiting_file"),
        ("files", ["upload.json"]),
        ("uploadUrl", UPLOAD_URL),
        ("expiresAt", "2026-01-31T08:00:00Z"),
        ("completeUrl", "http://strata.test/api/uploads/a1b2c3/complete"),
        ("statusUrl", "http://strata.test/api/jobs/a1b2c3"),
    ]
    assert answer.headers["location"] == "http://strata.test/api/jobs/a1b2c3"
    (request,) = asked
    assert (request.caller.user_id, request.dataset, request.claimed) == ("admin", "ecommerce", 5_000)


def test_a_claim_above_the_threshold_is_told_the_large_path(post):
    assert post(dataCount=10_001).json()["queueName"] == "large-batch-queue"


def test_raw_files_need_no_address_for_an_upload(post, asked):
    answer = post(dataCount=2, blobs=["admin/b7/x.json", "admin/b7/y.json"], parentJobId="b7").json()

    assert answer["files"] == ["x.json", "y.json"]
    assert (answer["uploadUrl"], answer["expiresAt"], answer["completeUrl"]) == (None, None, None)
    assert (asked[0].blobs, asked[0].parent_job_id) == (("admin/b7/x.json", "admin/b7/y.json"), "b7")


def test_all_that_can_be_said_of_a_job_can_be_said_here(post, asked):
    post(dataCount=1, dataset="hiring", asOf="2026-01-01", force=True, userId="eve", filename="../x/jobs\u202e.csv")

    (request,) = asked
    assert (request.dataset, request.force, request.user_id) == ("hiring", True, "eve")
    assert request.as_of == datetime(2026, 1, 1, tzinfo=UTC)
    assert request.filename == "jobs.csv"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "The field 'dataCount' is required."),
        ({"dataCount": None}, "The field 'dataCount' should be a valid integer."),
        ({"dataCount": "many"}, "The field 'dataCount' should be a valid integer."),
        ({"dataCount": "5000"}, "The field 'dataCount' should be a valid integer."),
        ({"dataCount": True}, "The field 'dataCount' should be a valid integer."),
        ({"dataCount": 4.5}, "The field 'dataCount' should be a valid integer."),
        ({"dataCount": -1}, "The field 'dataCount' should be greater than or equal to 0."),
        ({"dataCount": 10**30}, "The field 'dataCount' should be less than or equal to 1000000000000."),
        ({"dataCount": 1, "datacount": 2}, "There is no field 'datacount' here."),
        (
            {"dataCount": 1, "parentJobId": "../b7"},
            "The field 'parentJobId' should be up to 64 letters, digits, '-' and '_'.",
        ),
        ({"dataCount": 1, "blobs": "admin/b7/x.json"}, "The field 'blobs' should be a valid list."),
        ({"dataCount": 1, "jobName": "a\nb"}, "The field 'jobName' should be one line of printable text."),
        ([], "The body should be a valid dictionary or object to extract fields from."),
    ],
)
def test_what_is_wrong_in_the_body_is_said_in_a_sentence(client, asked, body, sentence):
    answer = client.post("/api/clean_data", json=body)

    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_parameter"
    assert answer.json()["detail"] == sentence
    assert asked == []


@pytest.mark.parametrize(("content", "sentence"), [(b"{", "The body is no JSON."), (b"", "The body is required.")])
def test_a_body_that_is_no_json_is_said_to_be_none(client, asked, content, sentence):
    answer = client.post("/api/clean_data", content=content, headers={"content-type": "application/json"})

    assert (answer.status_code, answer.json()["detail"]) == (400, sentence)


def test_more_files_than_a_job_takes_are_refused(post, asked):
    assert post(dataCount=1, blobs=[f"admin/b7/{number}.json" for number in range(101)]).status_code == 400
    assert asked == []


def test_what_the_service_refuses_is_a_problem(post, app):
    app.error = NotFoundError("There is no raw file 'admin/b7/x.json'.", code="no_raw_data")

    answer = post(dataCount=1, blobs=["admin/b7/x.json"])

    assert (answer.status_code, answer.json()["code"]) == (404, "no_raw_data")
