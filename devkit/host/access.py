"""Who may call the host's own routes."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request


class Gate:
    """Lets in whoever shows the key: as bearer, in ``x-functions-key`` or in the query's ``code``.

    Without a key the routes are open, as they are under ``func start``; the host listens on loopback alone.
    """

    def __init__(self, key: str | None) -> None:
        self._key = key

    def admits(self, request: Request) -> bool:
        """Tell whether the request shows the key."""
        if self._key is None:
            return True
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        shown = (
            request.headers.get("x-functions-key"),
            request.query_params.get("code"),
            bearer if scheme.lower() == "bearer" else None,
        )
        return any(key is not None and hmac.compare_digest(key.encode(), self._key.encode()) for key in shown)
