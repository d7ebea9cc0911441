"""Web activities: what is sent, what comes back, and how a later answer is waited for."""

import json

import httpx
import pytest

from devkit.adf.runs import State
from tests.factories import BASE_URL, Execute, Json, activity

MSI = {"type": "MSI", "resource": "api://strata"}


def post(url: str = f"{BASE_URL}/api/x", **more: object) -> Json:
    return activity("Call", "WebActivity", {"url": url, "method": "POST", "body": {"n": 1}, **more})


def test_a_request_carries_body_headers_and_the_identity_of_the_pipeline(execute: Execute) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"jobs": [1]})

    body = {"type": "Expression", "value": '{"run": "@{pipeline().Pipeline}"}'}
    run = execute([post(headers={"X-Depth": "1"}, authentication=MSI, body=body)], answer=answer)

    (request,) = asked
    assert json.loads(request.content) == {"run": "Main"}
    assert (request.headers["x-depth"], request.headers["authorization"]) == ("1", "Bearer pipeline-key")
    assert run.activities[0].output["jobs"] == [1]


def test_the_identity_is_shown_to_the_local_app_alone(execute: Execute) -> None:
    run = execute([post("https://example.org/api", authentication=MSI)])

    assert run.activities[0].problem is not None
    assert run.activities[0].problem.code == "ManagedIdentityUnavailable"


def test_a_later_answer_is_asked_for_at_its_location(execute: Execute) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.method} {request.url.path} {request.headers.get('authorization')}")
        if len(asked) < 3:
            return httpx.Response(202, headers={"Location": "/api/later", "Retry-After": "7"})
        return httpx.Response(200, json={"state": "done"})

    run = execute([post(authentication=MSI)], answer=answer)

    assert run.activities[0].output["state"] == "done"
    own = "Bearer pipeline-key"
    assert asked == [f"POST /api/x {own}", f"GET /api/later {own}", f"GET /api/later {own}"]
    assert run.seconds == 14


def test_a_location_elsewhere_is_not_shown_the_key(execute: Execute) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "127.0.0.1":
            return httpx.Response(202, headers={"Location": "https://example.org/later"})
        assert "authorization" not in request.headers
        return httpx.Response(200)

    assert execute([post(authentication=MSI)], answer=answer).state == State.SUCCEEDED


def test_a_later_answer_that_is_an_error_fails_the_activity(execute: Execute) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(202, headers={"Location": "/api/later"})
        return httpx.Response(422, json={"code": "empty"})

    run = execute([post()], answer=answer)

    assert run.activities[0].problem is not None
    assert run.activities[0].problem.message.startswith(f"GET {BASE_URL}/api/later answered 422")


def test_the_answer_202_is_enough_when_the_definition_says_so(execute: Execute) -> None:
    run = execute([post(turnOffAsync=True)], answer=lambda _: httpx.Response(202, headers={"Location": "/x"}))

    assert run.state == State.SUCCEEDED


@pytest.mark.parametrize(
    ("response", "output"),
    [
        (httpx.Response(200, json=[1, 2]), {"value": [1, 2]}),
        (httpx.Response(200, text="plain"), {"Response": "plain"}),
        (httpx.Response(204), {}),
    ],
    ids=["an array", "a text", "nothing"],
)
def test_an_answer_becomes_an_object(execute: Execute, response: httpx.Response, output: Json) -> None:
    run = execute([post()], answer=lambda _: response)

    assert {k: v for k, v in run.activities[0].output.items() if not k.startswith("ADF")} == output


def test_an_address_where_nothing_answers_is_told_without_its_query(execute: Execute) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    run = execute([post(f"{BASE_URL}/api/x?code=secret")], answer=answer)

    assert run.activities[0].problem is not None
    assert run.activities[0].problem.message == f"{BASE_URL}/api/x does not answer (ConnectError)."
