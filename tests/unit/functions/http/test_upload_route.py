from __future__ import annotations

from datetime import UTC, datetime

import anyio
import pytest

from functions.http.app import create_asgi_app
from shared.errors import NotFoundError, UnreadableFileError

JSON = {"content-type": "application/json"}


def test_a_raw_body_becomes_a_job(client, app):
    answer = client.post("/api/jobs?dataset=ecommerce", content=b"[{}]", headers=JSON)

    assert answer.status_code == 202
    assert answer.json() == {
        "jobId": "a1b2c3",
        "parentJobId": "a1b2c3",
        "jobName": None,
        "dataset": "ecommerce",
        "state": "received",
        "processingPath": "small_batch",
        "queueName": "small-batch-queue",
        "recordCount": 3,
        "expectedProcessingTime": "about 1 second",
        "routing": {
            "records": 3,
            "bytes": 120,
            "threshold": 10_000,
            "reason": "3 records are at most 10,000: in the function app",
        },
        "statusUrl": "http://strata.test/api/jobs/a1b2c3",
    }
    assert answer.headers["location"] == "http://strata.test/api/jobs/a1b2c3"
    request, contents = app.received[0]
    assert contents == [b"[{}]"]
    assert (request.user_id, request.dataset, request.force, request.as_of) == ("admin", "ecommerce", False, None)


def test_the_same_content_again_answers_200_with_the_same_body(client, app):
    app.created = False

    answer = client.post("/api/jobs?dataset=ecommerce", content=b"[{}]", headers=JSON)

    assert (answer.status_code, answer.json()["jobId"]) == (200, "a1b2c3")
    assert answer.headers["location"] == "http://strata.test/api/jobs/a1b2c3"


def test_a_form_brings_several_files_in_fields_of_any_name(client, app):
    files = [("file", ("a.json", b"one")), ("", ("b.json", b"two")), ("other", ("c.ndjson", b"three"))]

    client.post("/api/jobs?dataset=ecommerce", files=files)

    request, contents = app.received[0]
    assert contents == [b"one", b"two", b"three"]
    assert [upload.filename for upload in request.uploads] == ["a.json", "b.json", "c.ndjson"]


def test_a_large_file_is_passed_on_whole(client, app):
    app.settings.max_upload_bytes = 10_000_000
    content = bytes(range(256)) * 12_000

    client.post("/api/jobs?dataset=ecommerce", files={"file": ("a.json", content)})
    client.post("/api/jobs?dataset=ecommerce&filename=a.json", content=content)

    assert [contents for _, contents in app.received] == [[content], [content]]


OPTIONS = {
    "dataset": "ecommerce",
    "asOf": "2026-01-31T08:00:00",
    "force": "true",
    "jobName": "January",
    "parentJobId": "b1",
}


def test_options_come_in_the_address_or_as_fields_of_the_form(client, app):
    client.post("/api/jobs", params=OPTIONS, content=b"[]", headers=JSON)
    client.post("/api/jobs", data=OPTIONS, files={"file": ("a.json", b"[]")})

    for request, _ in app.received:
        assert request.dataset == "ecommerce"
        assert request.as_of == datetime(2026, 1, 31, 8, tzinfo=UTC)
        assert request.force is True
        assert (request.job_name, request.parent_job_id) == ("January", "b1")


def test_the_address_wins_over_the_form(client, app):
    client.post("/api/jobs?dataset=first", data={"dataset": "second"}, files={"file": ("a.json", b"[]")})

    assert app.received[0][0].dataset == "first"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31T08:00", datetime(2026, 1, 31, 8, tzinfo=UTC)),
        ("2026-01-31 08:00:00", datetime(2026, 1, 31, 8, tzinfo=UTC)),
        ("2026-01-31T08:00:00Z", datetime(2026, 1, 31, 8, tzinfo=UTC)),
        ("2026-01-31T08:00:00+02:00", datetime(2026, 1, 31, 6, tzinfo=UTC)),
    ],
)
def test_as_of_is_utc_without_a_zone_and_turned_into_utc_with_one(client, app, text, moment):
    client.post("/api/jobs", params={"dataset": "e", "asOf": text}, content=b"[]", headers=JSON)

    assert app.received[0][0].as_of == moment


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "The parameter 'dataset' is required."),
        ({"dataset": ""}, "The parameter 'dataset' should have at least 1 character"),
        ({"dataset": "e", "asOf": "yesterday"}, "The parameter 'asOf' should be a date or time in ISO 8601"),
        ({"dataset": "e", "asOf": "1767225600"}, "The parameter 'asOf' should be a date or time in ISO 8601"),
        ({"dataset": "e", "asOf": "0001-01-01T00:00:00+14:00"}, "The parameter 'asOf' should be a date or time"),
        ({"dataset": "e", "force": "perhaps"}, "The parameter 'force' should be a valid boolean"),
        ({"dataset": "e", "parentJobId": "../../other"}, "The parameter 'parentJobId' should be up to 64 letters"),
        ({"dataset": "e", "jobName": "a\nb"}, "The parameter 'jobName' should be one line"),
        ({"dataset": "e", "jobName": "x" * 201}, "The parameter 'jobName' should have at most 200 characters"),
    ],
)
def test_a_wrong_option_is_named_and_nothing_is_taken_in(client, app, options, sentence):
    answer = client.post("/api/jobs", params=options, content=b"[]", headers=JSON)

    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(sentence)
    assert app.received == []


def test_what_a_client_claims_beyond_the_options_is_ignored(client, app):
    answer = client.post("/api/jobs?dataset=e&recordCount=1", content=b"[]", headers=JSON)

    assert answer.status_code == 202


@pytest.mark.parametrize(
    ("content_type", "query", "filename"),
    [
        ("application/json; charset=utf-8", "", "upload.json"),
        ("application/x-ndjson", "", "upload.ndjson"),
        ("application/x-www-form-urlencoded", "", "upload"),
        ("application/json", "&filename=orders.json", "orders.json"),
        ("application/json", "&filename=..%2F..%2Fetc%2Fpasswd", "passwd"),
        ("application/json", "&filename=C%3A%5Cdata%5Corders.json", "orders.json"),
        ("application/json", "&filename=a%00%0Ab.json", "ab.json"),
        ("application/json", "&filename=..", "upload.json"),
    ],
)
def test_a_raw_body_has_the_name_given_without_folders_or_one_by_its_type(client, app, content_type, query, filename):
    client.post(f"/api/jobs?dataset=e{query}", content=b"[]", headers={"content-type": content_type})

    assert app.received[0][0].uploads[0].filename == filename


def test_an_empty_file_is_passed_on_so_that_it_gets_its_own_error(client, app):
    client.post("/api/jobs?dataset=e", content=b"", headers=JSON)
    client.post("/api/jobs?dataset=e&filename=a.json", content=b"")
    client.post("/api/jobs?dataset=e", files={"file": ("a.json", b"")})

    assert [contents for _, contents in app.received] == [[b""], [b""], [b""]]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"content": b""},
        {"files": {"dataset": (None, "e")}},
        {
            "content": b"--x\r\nContent-Disposition: form-data; name=f; filename=a\r\n\r\n[]",
            "headers": {"content-type": "multipart/form-data; boundary=x"},
        },
    ],
    ids=["no body", "empty body", "form without a file", "form cut off within a file"],
)
def test_a_request_without_a_file_is_an_error_that_says_how(client, app, body):
    answer = client.post("/api/jobs?dataset=e", **body)

    assert answer.status_code == 400
    assert answer.json()["code"] == "no_file"
    assert "filename" in answer.json()["advice"]
    assert app.received == []


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=x"])
def test_a_form_that_is_none_is_an_error(client, app, content_type):
    answer = client.post("/api/jobs?dataset=e", content=b"no form at all", headers={"content-type": content_type})

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert app.received == []


@pytest.mark.parametrize("error", [NotFoundError("No such dataset.", code="unknown_dataset"), UnreadableFileError("x")])
def test_an_error_of_the_service_keeps_its_code(client, app, error):
    app.error = error

    answer = client.post("/api/jobs?dataset=e", content=b"[]", headers=JSON)

    assert (answer.status_code, answer.json()["code"]) == (error.status, error.code)


def test_an_error_about_a_failed_job_says_where_to_follow_it(client, app):
    app.error = UnreadableFileError("It is no JSON.", jobId="a1b2c3")

    problem = client.post("/api/jobs?dataset=e", content=b"[]", headers=JSON).json()

    assert (problem["jobId"], problem["statusUrl"]) == ("a1b2c3", "http://strata.test/api/jobs/a1b2c3")


@pytest.mark.parametrize("after", [b"", b"[{}"], ids=["before the body", "within the body"])
def test_a_client_that_goes_before_all_has_come_leaves_no_job(app, after):
    messages = [{"type": "http.request", "body": after, "more_body": True}] if after else []

    assert status_of_a_post(messages) == 400
    assert app.received == []


def test_a_client_that_goes_when_all_has_come_but_nothing_was_done_leaves_no_job(app):
    assert status_of_a_post([{"type": "http.request", "body": b"[{}]", "more_body": False}]) == 400
    assert app.received == []


def status_of_a_post(messages):
    """Send a raw upload of these messages whose connection then ends; return the answer's status."""
    sent = []

    async def receive():
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/jobs",
        "raw_path": b"/api/jobs",
        "query_string": b"dataset=e",
        "root_path": "",
        "scheme": "http",
        "server": ("strata.test", 80),
        "headers": [
            (b"authorization", b"Bearer the-token-of-this-test"),
            (b"content-type", b"application/json"),
            (b"content-length", b"4"),
        ],
    }
    anyio.run(create_asgi_app(), scope, receive, send)
    return sent[0]["status"]
