from __future__ import annotations

import pytest

from shared.errors import InvalidRequestError
from shared.readers.sniff import Kind


@pytest.mark.parametrize(
    ("path", "kind", "table"),
    [("/api/upload", Kind.MARKUP, None), ("/api/upload_csv", Kind.DELIMITED, "claims")],
)
def test_a_file_and_its_label_become_a_job_of_claims(client, app, path, kind, table):
    answer = client.post(path, files={"file": ("march.any", b"content")}, data={"label": "March"})

    request, contents = app.received[0]
    assert answer.status_code == 202
    assert answer.headers["location"] == answer.json()["statusUrl"]
    assert (request.dataset, request.job_name, request.kind, contents) == ("claims", "March", kind, [b"content"])
    assert [(upload.filename, upload.field) for upload in request.uploads] == [("march.any", table)]


def test_a_report_may_be_the_body_itself_and_needs_no_label(client, app):
    client.post("/api/upload?filename=a.html&force=true&parentJobId=p1", content=b"<p>")

    request, contents = app.received[0]
    assert (request.job_name, request.force, request.parent_job_id, contents) == (None, True, "p1", [b"<p>"])


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"data": {"label": "March"}, "files": {"other": (None, b"")}}, "no_file"),
        ({"files": [("file", ("a.html", b"<p>")), ("file", ("b.html", b"<p>"))]}, "several_files"),
        ({"files": {"file": ("a.html", b"<p>")}, "data": {"label": "two\nlines"}}, "invalid_parameter"),
    ],
)
def test_anything_but_one_file_is_refused(client, app, sent, code):
    answer = client.post("/api/upload", **sent)

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert app.received == []


def test_the_same_report_again_answers_200(client, app):
    app.created = False
    assert client.post("/api/upload", files={"file": ("a.html", b"<p>")}).status_code == 200


def test_a_report_is_fetched_from_its_address(client, app):
    answer = client.post("/api/process", json={"html_url": "https://example.org/a.html", "label": "March"})

    request, _ = app.received[0]
    assert answer.status_code == 202
    assert app.asked == [("fetch", "https://example.org/a.html", "report.html")]
    assert (request.dataset, request.job_name, request.kind, request.uploads) == ("claims", "March", Kind.MARKUP, ())


@pytest.mark.parametrize("body", [{}, {"html_url": ""}, {"html_url": 7}, {"url": "https://example.org"}, ["x"]])
def test_an_address_is_required(client, app, body):
    answer = client.post("/api/process", json=body)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")
    assert app.received == []


def test_an_address_that_is_refused_is_a_problem_that_says_so(client, app):
    app.error = InvalidRequestError("x is not on the public internet.", code="address_refused", host="x")
    answer = client.post("/api/process", json={"html_url": "http://x/"})

    assert (answer.status_code, answer.json()["code"], answer.json()["host"]) == (400, "address_refused", "x")
    assert answer.headers["content-type"] == "application/problem+json"
