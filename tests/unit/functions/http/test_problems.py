from __future__ import annotations

from http import HTTPStatus

import pytest

from shared.errors import ConflictError, InvalidRequestError, UnavailableError, UnreadableFileError


def test_an_explained_error_is_a_problem_with_code_sentence_and_advice(client, app):
    app.error = UnreadableFileError("a.json ends early.", code="truncated_json", line=3, jobId="a1b2c3")

    answer = client.get("/api/tables")

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": HTTPStatus(422).phrase,
        "status": 422,
        "detail": "a.json ends early.",
        "code": "truncated_json",
        "advice": "Correct the file and upload it again.",
        "instance": "/api/tables",
        "correlationId": answer.headers["x-correlation-id"],
        "line": 3,
        "jobId": "a1b2c3",
    }


def test_details_never_replace_what_the_standard_names(client, app):
    app.error = ConflictError("It has ended.", status="fine", type="x", instance="y")

    problem = client.get("/api/tables").json()

    assert (problem["status"], problem["type"], problem["instance"]) == (409, "about:blank", "/api/tables")


def test_details_that_are_no_json_become_text(client, app):
    app.error = InvalidRequestError("No.", path=ValueError("x"), number=1.5)

    assert client.get("/api/tables").json()["path"] == "x"


@pytest.mark.parametrize(
    ("error", "status"), [(ConflictError("x"), 409), (UnavailableError("x"), 503), (InvalidRequestError("x"), 400)]
)
def test_an_error_keeps_its_status(client, app, error, status):
    app.error = error

    answer = client.get("/api/tables")

    assert (answer.status_code, answer.json()["status"]) == (status, status)


def test_an_address_that_is_not_there_is_a_problem(client):
    answer = client.get("/api/nothing%20here")

    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"
    assert answer.json()["instance"] == "/api/nothing%20here"


def test_a_method_that_is_not_taken_is_a_problem_that_names_the_right_ones(client):
    answer = client.request("DELETE", "/api/tables")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"
    assert answer.json()["detail"] == "This address does not take DELETE."


def test_a_wrong_parameter_is_named_with_what_was_expected(client, app):
    answer = client.get("/api/tables/dw_users", params={"limit": 100_001})

    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_parameter"
    assert answer.json()["detail"] == "The parameter 'limit' should be less than or equal to 100000."
    assert app.asked == []


def test_every_wrong_parameter_is_listed_and_no_value_repeated(client):
    answer = client.get("/api/jobs", params={"limit": "s3cret", "state": "s3cret"})

    assert [error["name"] for error in answer.json()["errors"]] == ["state", "limit"]
    assert "'received'" in answer.json()["errors"][0]["reason"]
    assert "s3cret" not in answer.text


def test_a_parameter_that_does_not_exist_is_an_error_that_names_those_that_do(client):
    answer = client.get("/api/jobs", params={"status": "failed"})

    assert answer.status_code == 400
    assert answer.json()["detail"] == (
        "There is no parameter 'status' here; known are cursor, dataset, jobName, limit, name, parentJobId, "
        "path, state."
    )
