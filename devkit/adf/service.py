"""The data factory as a service: its triggers, and runs that others ask for by HTTP."""

from __future__ import annotations

import asyncio
import logging
import signal
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from devkit.adf.errors import AdfError
from devkit.adf.shown import shown_run
from devkit.host.access import Gate
from devkit.serving import EmbeddedServer

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from starlette.requests import Request

    from devkit.adf.runner import Runner
    from devkit.adf.triggers import Trigger

_log = logging.getLogger(__name__)
_GRACE_SECONDS = 5


class DataFactoryService:
    """Answers ``POST /runs``, ``GET /runs/{id}`` and ``POST /runs/{id}/cancel``, and lets triggers fire."""

    def __init__(self, runner: Runner, triggers: Sequence[Trigger], key: str) -> None:
        self._runner = runner
        self._triggers = triggers
        self._gate = Gate(key)

    async def serve(self, listening: socket.socket) -> None:
        """Serve until SIGTERM or SIGINT; what runs then is cancelled."""
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        server = EmbeddedServer(self.app(), _GRACE_SECONDS)
        tasks = [asyncio.create_task(server.serve(sockets=[listening]))]
        tasks += [asyncio.create_task(each.run()) for each in self._triggers]
        stopped = asyncio.create_task(stop.wait())
        try:
            # A task that ends by itself has failed, or is a schedule whose time is over.
            pending: set[asyncio.Task[object]] = {stopped, *tasks}
            while not stopped.done():
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        finally:
            _log.info("data factory stops")
            for task in tasks[1:]:
                task.cancel()
            await self._runner.close()
            server.should_exit = True
            await asyncio.gather(*tasks, return_exceptions=True)

    def app(self) -> Starlette:
        """Return the routes as an app."""
        routes = [
            Route("/runs", self._start, methods=["POST"]),
            Route("/runs/{id}", self._show),
            Route("/runs/{id}/cancel", self._cancel, methods=["POST"]),
        ]
        return Starlette(routes=routes)

    async def _start(self, request: Request) -> Response:
        """Start ``{"pipeline": …, "parameters": {…}}`` and answer 202 with the run's id."""
        if not self._gate.admits(request):
            return _refused()
        try:
            content = await request.json()
            run = self._runner.start(content["pipeline"], content.get("parameters") or {})
        except (ValueError, KeyError, TypeError, AttributeError):
            return PlainTextResponse('the body is not {"pipeline": …, "parameters": {…}}', 400)
        except AdfError as error:
            return PlainTextResponse(str(error), 422)
        return JSONResponse({"runId": run.id}, 202)

    async def _show(self, request: Request) -> Response:
        if not self._gate.admits(request):
            return _refused()
        run = self._runner.runs.get(request.path_params["id"])
        return PlainTextResponse("there is no such run", 404) if run is None else JSONResponse(shown_run(run))

    async def _cancel(self, request: Request) -> Response:
        if not self._gate.admits(request):
            return _refused()
        run = self._runner.runs.get(request.path_params["id"])
        if run is None:
            return PlainTextResponse("there is no such run", 404)
        await self._runner.cancel(run)
        return JSONResponse(shown_run(run))


def _refused() -> Response:
    return PlainTextResponse("a key is needed", 401)
