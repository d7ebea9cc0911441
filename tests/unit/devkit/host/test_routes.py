from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from devkit.host.access import Gate
from devkit.host.admin import Admin, manual_trigger
from devkit.host.event_grid import EventGridWebhook
from devkit.host.invoke import Invoker
from devkit.host.outputs import Outputs

if TYPE_CHECKING:
    from collections.abc import Callable

    from devkit.host.load import LoadedApp

SOURCE = """
seen = []

@app.event_grid_trigger(arg_name="event")
def arrived(event) -> None:
    if event.subject == "bad":
        raise ValueError
    seen.append((type(event).__name__, event.id, event.get_json()))

@app.timer_trigger(arg_name="timer", schedule="0 0 0 1 1 *")
def sweep(timer: func.TimerRequest) -> None:
    seen.append(timer.past_due)

@app.queue_trigger(arg_name="message", queue_name="jobs", connection="S")
def work(message: func.QueueMessage) -> None:
    seen.append(message.get_body())
"""
VALIDATION = {"data": {"validationCode": "abc"}}
EVENT = {"id": "1", "topic": "t", "subject": "s", "eventType": "e", "data": {"n": 1}, "dataVersion": "1"}
CLOUD_EVENT = {"specversion": "1.0", "id": "2", "source": "s", "type": "t", "data": {"n": 2}}


@pytest.fixture
def app(load: Callable[..., LoadedApp]) -> LoadedApp:
    loaded: LoadedApp = load(SOURCE)
    return loaded


class Client:
    """Calls the routes of the host; functions that were fired have ended when a call returns."""

    def __init__(self, app: LoadedApp) -> None:
        invoker = Invoker(Outputs({}, "base64", lambda _: None), None)
        self._admin = Admin(app, invoker)
        webhook = EventGridWebhook(app.of_kind("eventGridTrigger"), invoker)
        self._app = Starlette(routes=[*self._admin.routes, *webhook.routes])

    def get(self, path: str) -> httpx.Response:
        return asyncio.run(self._send("GET", path))

    def post(self, path: str, **content: Any) -> httpx.Response:
        return asyncio.run(self._send("POST", path, **content))

    async def _send(self, method: str, path: str, **content: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://host") as client:
            answer = await client.request(method, path, **content)
        await self._admin.settle()
        return answer


@pytest.fixture
def client(app: LoadedApp) -> Client:
    return Client(app)


def seen(app: LoadedApp) -> list[Any]:
    found: list[Any] = app.functions[0].call.__globals__["seen"]
    return found


def post_events(client: Client, content: Any, kind: str = "Notification", function: str = "arrived") -> Any:
    return client.post(
        "/runtime/webhooks/EventGrid",
        params={"functionName": function},
        json=content,
        headers={"aeg-event-type": kind},
    )


@pytest.mark.parametrize(
    "content",
    [[VALIDATION], VALIDATION, {"data": json.dumps(VALIDATION["data"])}],
    ids=["array", "object", "text"],
)
def test_the_handshake_echoes_the_validation_code(client: Client, content: Any) -> None:
    answer = post_events(client, content, "SubscriptionValidation")
    assert (answer.status_code, answer.json()) == (200, {"validationResponse": "abc"})


@pytest.mark.parametrize("content", [[], [{}], {"data": "x"}])
def test_a_handshake_without_a_code_is_a_bad_request(client: Client, content: Any) -> None:
    assert post_events(client, content, "SubscriptionValidation").status_code == 400


def test_every_event_of_a_delivery_is_handled(client: Client, app: LoadedApp) -> None:
    assert post_events(client, [EVENT, {**EVENT, "id": "9"}]).status_code == 202
    assert sorted(seen(app)) == [("EventGridEvent", "1", {"n": 1}), ("EventGridEvent", "9", {"n": 1})]


def test_a_cloud_event_is_handled_as_one(client: Client, app: LoadedApp) -> None:
    assert post_events(client, CLOUD_EVENT).status_code == 202
    assert seen(app) == [("CloudEvent", "2", {"n": 2})]


def test_a_failed_event_asks_for_the_delivery_again(client: Client, app: LoadedApp) -> None:
    assert post_events(client, [{**EVENT, "subject": "bad"}, EVENT]).status_code == 500
    assert len(seen(app)) == 1


def test_an_unsubscription_is_accepted(client: Client) -> None:
    assert post_events(client, EVENT, "Unsubscribe").status_code == 202


def test_a_delivery_for_an_unknown_function_is_not_found(client: Client) -> None:
    assert post_events(client, EVENT, function="other").status_code == 404


@pytest.mark.parametrize(("content", "kind"), [([1], "Notification"), (EVENT, "Greeting")])
def test_what_is_no_delivery_is_a_bad_request(client: Client, content: Any, kind: str) -> None:
    assert post_events(client, content, kind).status_code == 400


def test_the_functions_are_listed_with_their_bindings(client: Client) -> None:
    listed = client.get("/admin/functions").json()
    assert [function["name"] for function in listed] == ["arrived", "sweep", "work"]
    assert listed[1] == client.get("/admin/functions/sweep").json()
    assert listed[1]["config"]["bindings"][0]["schedule"] == "0 0 0 1 1 *"


def test_the_host_says_that_it_runs(client: Client) -> None:
    assert client.get("/admin/host/status").json()["state"] == "Running"


@pytest.mark.parametrize(
    ("function", "given", "result"),
    [
        ("sweep", None, False),
        ("work", "text", b"text"),
        ("work", {"a": 1}, b'{"a": 1}'),
        ("arrived", json.dumps(EVENT), ("EventGridEvent", "1", {"n": 1})),
        ("arrived", EVENT, ("EventGridEvent", "1", {"n": 1})),
    ],
)
def test_a_function_is_fired_by_hand(client: Client, app: LoadedApp, function: str, given: Any, result: Any) -> None:
    assert client.post(f"/admin/functions/{function}", json={"input": given}).status_code == 202
    assert seen(app) == [result]


def test_firing_an_unknown_function_is_not_found(client: Client) -> None:
    assert client.post("/admin/functions/other", json={"input": ""}).status_code == 404
    assert client.get("/admin/functions/other").status_code == 404


@pytest.mark.parametrize("body", [b"", b"[]", b'{"input": 3}', b'{"input": "x"}'])
def test_firing_with_anything_but_an_input_that_fits_is_a_bad_request(client: Client, body: bytes) -> None:
    assert client.post("/admin/functions/arrived", content=body).status_code == 400


def test_a_timer_fired_by_hand_knows_when_it_runs_next(app: LoadedApp) -> None:
    sweep = app.functions[1]
    invoker = Invoker(Outputs({}, "base64", lambda _: None), None)
    trigger = manual_trigger(sweep, None)
    assert asyncio.run(invoker.invoke(sweep, trigger)) is None
    assert json.loads(trigger.payload.value)["ScheduleStatus"]["Next"].endswith("-01-01T00:00:00+00:00")


def request(query: str = "", **headers: str) -> Request:
    encoded = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "query_string": query.encode(), "headers": encoded})


@pytest.mark.parametrize(
    "shown",
    [
        request(authorization="Bearer secret"),
        request(authorization="bearer secret"),
        request(x_functions_key="secret"),
        request("code=secret"),
    ],
)
def test_the_key_opens_in_each_of_its_places(shown: Request) -> None:
    assert Gate("secret").admits(shown)


@pytest.mark.parametrize(
    "shown",
    [
        request(),
        request(authorization="Basic secret"),
        request(authorization="secret"),
        request(x_functions_key=""),
        request("code=secre"),
        request("key=secret"),
    ],
)
def test_anything_else_does_not_open(shown: Request) -> None:
    assert not Gate("secret").admits(shown)


def test_without_a_key_the_gate_is_open() -> None:
    assert Gate(None).admits(request())
