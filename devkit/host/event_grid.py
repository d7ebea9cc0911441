"""The Event Grid webhook: the validation handshake, and events in both schemas."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from azure.functions.meta import Datum
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from devkit.host.invoke import Trigger

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request

    from devkit.host.invoke import Invoker
    from devkit.host.load import LoadedFunction


class EventGridWebhook:
    """Answers what Event Grid sends to ``/runtime/webhooks/EventGrid?functionName=…``."""

    def __init__(self, functions: Iterable[LoadedFunction], invoker: Invoker) -> None:
        self._functions = {function.name: function for function in functions}
        self._invoker = invoker

    @property
    def routes(self) -> list[Route]:
        """The webhook's route."""
        return [Route("/runtime/webhooks/EventGrid", self.answer, methods=["POST"])]

    async def answer(self, request: Request) -> Response:
        """Return 202 once every event was handled, 500 if one failed: Event Grid then sends all again."""
        name = request.query_params.get("functionName", "")
        function = self._functions.get(name)
        if function is None:
            return PlainTextResponse(f"cannot find function: '{name}'", 404)
        try:
            events = _events(await request.body())
        except ValueError as error:
            return PlainTextResponse(str(error), 400)
        match request.headers.get("aeg-event-type", "").lower():
            case "subscriptionvalidation":
                return _handshake(events)
            case "notification":
                return await self._dispatch(function, events)
            case "unsubscribe":
                return Response(status_code=202)
            case _:
                return PlainTextResponse("the header aeg-event-type says nothing that is known", 400)

    async def _dispatch(self, function: LoadedFunction, events: list[dict[str, Any]]) -> Response:
        outcomes = await asyncio.gather(
            *(self._invoker.invoke(function, event_trigger(json.dumps(event))) for event in events)
        )
        if any(outcome is not None for outcome in outcomes):
            return PlainTextResponse("a function failed", 500)
        return Response(status_code=202)


def event_trigger(event: str) -> Trigger:
    """Return what starts an invocation for one event, given as JSON in either schema."""
    return Trigger(Datum(event, "json"), "event")


def _events(body: bytes) -> list[dict[str, Any]]:
    try:
        content = json.loads(body)
    except ValueError:
        raise ValueError("the body is no JSON") from None
    events = content if isinstance(content, list) else [content]
    if not all(isinstance(event, dict) for event in events):
        raise ValueError("the body is neither an event nor an array of events")
    return events


def _handshake(events: list[dict[str, Any]]) -> Response:
    try:
        data = events[0]["data"]
        # CloudEvents carry the data of this one event as a JSON text.
        code = (json.loads(data) if isinstance(data, str) else data)["validationCode"]
    except (IndexError, KeyError, TypeError, ValueError):
        return PlainTextResponse("the validation event has no validationCode", 400)
    return JSONResponse({"validationResponse": code})
