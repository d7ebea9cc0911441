from __future__ import annotations

import json
import logging
import re

import pytest

from functions.http.app import create_asgi_app
from functions.http.guard import Guard
from shared.logs import JsonFormatter


@pytest.fixture
def log(caplog):
    """The log as JSON objects, written as the formatter of the product writes them."""
    caplog.set_level(logging.INFO, logger="functions")
    caplog.handler.setFormatter(JsonFormatter())
    for name in ("functions", "shared"):
        logging.getLogger(name).propagate = True
    return lambda: [json.loads(line) for line in caplog.text.splitlines()]


def test_an_unexpected_error_is_a_500_without_its_inside(client, app, log):
    app.error = RuntimeError("the password is hunter2")

    answer = client.get("/api/tables")

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "internal_error"
    assert answer.json()["correlationId"] == answer.headers["x-correlation-id"]
    assert "hunter2" not in answer.text
    assert "RuntimeError" not in answer.text


def test_the_log_has_an_unexpected_error_once_with_the_same_correlation_id_and_no_text(client, app, log):
    app.error = RuntimeError("the password is hunter2")

    answer = client.get("/api/tables")

    errors = [line for line in log() if "error" in line]
    assert [line["error"] for line in errors] == ["RuntimeError"]
    assert errors[0]["invocationId"] == answer.headers["x-correlation-id"]
    assert "hunter2" not in json.dumps(log())


def test_an_error_before_the_api_is_a_500_too(app, client_of):
    async def broken(scope, receive, send):
        raise ValueError("deep inside")

    answer = client_of(Guard(broken)).get("/api/tables")

    assert answer.status_code == 500
    assert answer.json()["code"] == "internal_error"


def test_an_error_after_the_answer_has_begun_does_not_reach_the_host(app, client_of):
    async def breaks_late(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"all"})
        raise ValueError("too late")

    answer = client_of(Guard(breaks_late)).get("/")

    assert (answer.status_code, answer.text) == (200, "all")


def test_every_request_is_one_log_line_with_the_route_and_not_the_address(client, log):
    client.get("/api/jobs/a1b2c3")
    client.get("/api/jobs/unknown-person")

    lines = [line for line in log() if line["message"] == "request"]
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("GET", "/api/jobs/{jobId}", 200),
        ("GET", "/api/jobs/{jobId}", 404),
    ]
    assert lines[1]["code"] == "unknown_job"
    assert all(line["ms"] >= 0 for line in lines)
    assert "unknown-person" not in json.dumps(log())


def test_the_invocation_of_the_functions_host_is_the_correlation_id(app, client_of):
    inner = create_asgi_app()

    async def host(scope, receive, send):
        await inner({**scope, "azure_functions.invocation_id": "invocation-7"}, receive, send)

    assert client_of(host).get("/api/health").headers["x-correlation-id"] == "invocation-7"


def test_answers_are_neither_stored_nor_guessed_at(client):
    headers = client.get("/api/tables").headers

    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert re.fullmatch(r"[0-9a-f-]{36}", headers["x-correlation-id"])


def test_a_body_in_chunks_is_411_since_functions_hands_it_over_empty(client, app):
    async def chunks():
        yield b"[]"

    answer = client.post("/api/jobs?dataset=ecommerce", content=chunks())

    assert answer.status_code == 411
    assert answer.json()["code"] == "length_required"
    assert app.received == []


def test_a_post_without_a_body_needs_no_length(app, client_of):
    inner = create_asgi_app()

    async def without_length(scope, receive, send):
        headers = [(name, value) for name, value in scope["headers"] if name != b"content-length"]
        await inner({**scope, "headers": headers}, receive, send)

    assert client_of(without_length).post("/api/jobs/a1b2c3/retry").status_code == 202


def test_a_body_over_the_limit_is_413_and_names_the_limit(client, app):
    answer = client.post("/api/jobs?dataset=ecommerce", content=b" " * 10_001)

    assert answer.status_code == 413
    assert answer.json()["code"] == "upload_too_large"
    assert answer.json()["detail"] == "One request may hold at most 10,000 bytes."
    assert answer.json()["maxBytes"] == 10_000
    assert app.received == []


def test_a_body_at_the_limit_is_taken(client, app):
    assert client.post("/api/jobs?dataset=ecommerce", content=b" " * 10_000).status_code == 202
