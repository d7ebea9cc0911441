"""What every HTTP request comes to first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.routing import Route
    from starlette.types import ASGIApp, Receive, Scope, Send

    from devkit.host.access import Gate

_HOST_PREFIXES = ("/admin/", "/runtime/")


class Front:
    """Gives the host's own paths to the host, and all others untouched to the app."""

    def __init__(self, app: ASGIApp | None, routes: Sequence[Route], gate: Gate) -> None:
        self._host = Starlette(routes=routes)
        self._app = app if app is not None else self._host
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for the host, or hand over to the app whatever else there is."""
        if scope["type"] != "http" or not scope["path"].startswith(_HOST_PREFIXES):
            await self._app(scope, receive, send)
        elif self._gate.admits(Request(scope)):
            await self._host(scope, receive, send)
        else:
            await PlainTextResponse("a key is needed", 401)(scope, receive, send)
