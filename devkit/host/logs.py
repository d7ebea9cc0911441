"""The host's logs: JSON lines on stderr, for the app's loggers and for those of its libraries alike."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from shared.logs import JsonFormatter

if TYPE_CHECKING:
    from devkit.host.host_json import HostJson

# They log every request they make or serve, and a query string may hold a key.
_TALKATIVE = ("azure", "uvicorn", "urllib3")


def configure_host_logging(host_json: HostJson) -> None:
    """Send all logs to stderr at the levels of host.json; the app may still configure its own loggers."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=host_json.log_level("Function"), handlers=[handler], force=True)
    logging.getLogger("devkit.host").setLevel(host_json.log_level("Host"))
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
