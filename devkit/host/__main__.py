"""``python -m devkit.host``: run the function app of a directory."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import socket
import sys
from pathlib import Path

from devkit.host.app_settings import load_local_settings
from devkit.host.errors import HostError
from devkit.host.host_json import read_host_json
from devkit.host.load import load_app
from devkit.host.logs import configure_host_logging
from devkit.host.server import Host
from devkit.host.table import function_table

_ADDRESS = "127.0.0.1"
_DEFAULT_PORT = 7071


def main(arguments: list[str] | None = None) -> int:
    """Run until a signal; returns the exit code: 0 after a stop, 2 when the app cannot be run."""
    options = _parse(arguments)
    try:
        os.chdir(options.app)
        directory = Path.cwd()
        load_local_settings(directory, os.environ)
        host_json = read_host_json(directory)
        listening = _listen(options.port)
        configure_host_logging(host_json)
        app = load_app(directory, os.environ)
        host = Host(app, host_json, os.environ, options.grace)
    except (HostError, OSError) as error:
        print(f"The host cannot start. {error}", file=sys.stderr)
        return 2
    print(function_table(app, f"http://{_ADDRESS}:{listening.getsockname()[1]}"), flush=True)
    asyncio.run(host.serve(listening))
    if host.has_busy_threads:
        # A thread that still works would keep the process alive; its message comes back after the lease.
        logging.shutdown()
        os._exit(0)
    return 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m devkit.host", description=__doc__)
    parser.add_argument("--app", type=Path, default=Path(), help="the directory of function_app.py (default: here)")
    parser.add_argument(
        "--port",
        type=int,
        default=os.environ.get("STRATA_PORT") or _DEFAULT_PORT,
        help=f"the port on {_ADDRESS} (default: STRATA_PORT or {_DEFAULT_PORT}; 0 takes a free one)",
    )
    parser.add_argument(
        "--grace",
        type=float,
        default=10.0,
        help="seconds that running functions get to finish at a stop (default: 10)",
    )
    return parser.parse_args(arguments)


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((_ADDRESS, port), backlog=2048)
    except OSError as error:
        raise HostError(f"Port {port} cannot be used: {error.strerror}.") from None


if __name__ == "__main__":
    sys.exit(main())
