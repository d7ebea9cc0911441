"""The host's admin routes: what it runs, and firing a function by hand."""

from __future__ import annotations

import asyncio
import importlib.metadata
import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from azure.functions.meta import Datum
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from devkit.host.event_grid import event_trigger
from devkit.host.invoke import Trigger
from devkit.host.load import EVENT_GRID_TRIGGER, HTTP_TRIGGER, QUEUE_TRIGGER
from devkit.host.schedule import Schedule
from devkit.host.schedule_monitor import ScheduleStatus
from devkit.host.timers import timer_trigger

if TYPE_CHECKING:
    from starlette.requests import Request

    from devkit.host.invoke import Invoker
    from devkit.host.load import LoadedApp, LoadedFunction


class Admin:
    """Answers ``/admin/host/status``, ``/admin/functions`` and ``POST /admin/functions/{name}``."""

    def __init__(self, app: LoadedApp, invoker: Invoker) -> None:
        self._functions = {function.name: function for function in app.functions}
        self._invoker = invoker
        self._started = time.monotonic()
        self._at_work: set[asyncio.Task[Exception | None]] = set()

    @property
    def routes(self) -> list[Route]:
        """The admin routes."""
        return [
            Route("/admin/host/status", self.status),
            Route("/admin/functions", self.functions),
            Route("/admin/functions/{name}", self.function, methods=["GET"]),
            Route("/admin/functions/{name}", self.fire, methods=["POST"]),
        ]

    async def status(self, _request: Request) -> Response:
        """Return the host's state and for how many milliseconds it has been up."""
        uptime = round((time.monotonic() - self._started) * 1000)
        version = importlib.metadata.version("azure-functions")
        return JSONResponse({"id": "local", "state": "Running", "version": version, "processUptime": uptime})

    async def functions(self, _request: Request) -> Response:
        """Return every function with its bindings."""
        return JSONResponse([_described(function) for function in self._functions.values()])

    async def function(self, request: Request) -> Response:
        """Return one function with its bindings."""
        function = self._functions.get(request.path_params["name"])
        return Response(status_code=404) if function is None else JSONResponse(_described(function))

    async def fire(self, request: Request) -> Response:
        """Start a function with the body's ``input`` and return 202 without waiting for it.

        What it is fired with is no message of a queue: its failure is logged and nothing is retried.
        """
        function = self._functions.get(request.path_params["name"])
        if function is None:
            return Response(status_code=404)
        if function.kind == HTTP_TRIGGER:
            return PlainTextResponse("an HTTP function is called by its own route", 400)
        try:
            content = await request.json()
            trigger = manual_trigger(function, content.get("input"))
        except (ValueError, AttributeError) as error:
            return PlainTextResponse(f'the body is not {{"input": …}} as this function takes it: {error}', 400)
        task = asyncio.create_task(self._invoker.invoke(function, trigger))
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)
        return Response(status_code=202)

    async def settle(self) -> None:
        """Return when no function that was fired by hand runs any more."""
        await asyncio.gather(*self._at_work)


def manual_trigger(function: LoadedFunction, given: Any) -> Trigger:
    """Return what starts a function by hand; raises ValueError when an Event Grid function gets no event."""
    if function.kind == QUEUE_TRIGGER:
        body = given if isinstance(given, str) else json.dumps(given)
        return Trigger(Datum(body, "string"), "admin request", fields={"queueTrigger": body})
    if function.kind == EVENT_GRID_TRIGGER:
        event = json.loads(given) if isinstance(given, str) else given
        if not isinstance(event, dict):
            raise ValueError("the input must be an event")
        return event_trigger(json.dumps(event))
    now = datetime.now(UTC)
    upcoming = Schedule(function.trigger["schedule"]).next_after(now)
    return timer_trigger(ScheduleStatus(None, now, upcoming))


def _described(function: LoadedFunction) -> dict[str, Any]:
    return {
        "name": function.name,
        "isDisabled": function.disabled,
        "language": "python",
        "script_root_path": function.directory,
        "config": {"name": function.name, "bindings": list(function.bindings)},
    }
