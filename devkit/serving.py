"""A web server that leaves signals to the program it is part of."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp


class EmbeddedServer(uvicorn.Server):
    """Serves an app until ``should_exit`` is set."""

    def __init__(self, app: ASGIApp, grace: float) -> None:
        """Prepare to serve; requests get ``grace`` seconds to end at a stop."""
        seconds = max(1, round(grace))
        super().__init__(uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=seconds))

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield
