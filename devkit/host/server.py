"""Puts the host together: the routes, the listeners, their start and their end."""

from __future__ import annotations

import asyncio
import logging
import signal
from typing import TYPE_CHECKING, Protocol

from devkit.host.access import Gate
from devkit.host.admin import Admin
from devkit.host.app_settings import connection_string
from devkit.host.errors import HostError
from devkit.host.event_grid import EventGridWebhook
from devkit.host.front import Front
from devkit.host.invoke import Invoker
from devkit.host.load import EVENT_GRID_TRIGGER, HTTP_TRIGGER, QUEUE_TRIGGER, TIMER_TRIGGER
from devkit.host.local_warehouse import LocalWarehouse
from devkit.host.outputs import Outputs
from devkit.host.queues import QueueListener
from devkit.host.schedule_monitor import ScheduleMonitor
from devkit.host.timers import TimerListener
from devkit.serving import EmbeddedServer

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from devkit.host.host_json import HostJson
    from devkit.host.load import LoadedApp

_log = logging.getLogger(__name__)
_DEFAULT_LEASE = 600


class Listener(Protocol):
    """What feeds a function from outside until it is stopped."""

    async def run(self) -> None:
        """Start the function whenever there is cause; return after a stop, when nothing runs any more."""

    def stop(self) -> None:
        """Start nothing further."""


class Host:
    """An app with everything that wakes it up."""

    def __init__(self, app: LoadedApp, host_json: HostJson, environ: Mapping[str, str], grace: float) -> None:
        if host_json.route_prefix and any(function.kind == HTTP_TRIGGER for function in app.functions):
            raise HostError('host.json must set extensions.http.routePrefix to "", or no route of the app is found.')
        outputs = Outputs(environ, host_json.queues.message_encoding, self._wake)
        self._invoker = Invoker(
            outputs, host_json.function_timeout, _whole_number(environ, "PYTHON_THREADPOOL_THREAD_COUNT")
        )
        lease = _whole_number(environ, "STRATA_QUEUE_LEASE_SECONDS") or _DEFAULT_LEASE
        self._queues = [
            QueueListener(
                function,
                self._invoker,
                host_json.queues,
                connection_string(function.trigger["connection"], environ),
                lease,
            )
            for function in app.of_kind(QUEUE_TRIGGER)
        ]
        self._timers = [
            TimerListener(function, self._invoker, _monitor(environ)) for function in app.of_kind(TIMER_TRIGGER)
        ]
        self._admin = Admin(app, self._invoker)
        webhook = EventGridWebhook(app.of_kind(EVENT_GRID_TRIGGER), self._invoker)
        routes = [*self._admin.routes, *webhook.routes, *LocalWarehouse(environ).routes]
        self._front = Front(app.asgi, routes, Gate(environ.get("STRATA_API_TOKEN") or None))
        self._grace = grace

    @property
    def has_busy_threads(self) -> bool:
        """Whether a function still runs in a thread; after :meth:`serve` it is one that was given up."""
        return self._invoker.has_busy_threads

    async def serve(self, listening: socket.socket) -> None:
        """Serve and listen until SIGTERM or SIGINT; what runs then may go on for the time of grace."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        server = EmbeddedServer(self._front, self._grace)
        http = asyncio.create_task(server.serve(sockets=[listening]))
        listeners: list[Listener] = [*self._queues, *self._timers]
        running = [asyncio.create_task(listener.run()) for listener in listeners]
        stopped = asyncio.create_task(stop.wait())
        try:
            # A task that ends by itself has failed, and its exception is the host's end.
            done, _ = await asyncio.wait([stopped, http, *running], return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopped}:
                task.result()
        finally:
            _log.info("host stops")
            server.should_exit = True
            for listener in listeners:
                listener.stop()
            await self._settle([http, *running])

    async def _settle(self, tasks: list[asyncio.Task[None]]) -> None:
        admin = asyncio.create_task(self._admin.settle())
        _, late = await asyncio.wait([*tasks, admin], timeout=self._grace)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _wake(self, queue: str) -> None:
        for listener in self._queues:
            if listener.queue_name == queue:
                listener.wake()


def _monitor(environ: Mapping[str, str]) -> ScheduleMonitor:
    return ScheduleMonitor(connection_string("", environ), environ.get("AzureFunctionsWebHost__hostid", "local"))


def _whole_number(environ: Mapping[str, str], name: str) -> int | None:
    text = environ.get(name)
    if not text:
        return None
    if not text.isdecimal() or int(text) < 1:
        raise HostError(f"{name} is '{text}'; it must be a whole number from 1.")
    return int(text)
