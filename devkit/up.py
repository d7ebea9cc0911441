"""``make up``: run the local system in the foreground until Ctrl-C, SIGTERM or ``make down``."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Never

from devkit.errors import LocalSystemError
from devkit.system import ROOT, LocalSystem

if TYPE_CHECKING:
    from types import FrameType

DEFAULT_DATA = ROOT / ".strata"
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LOOK_SECONDS = 0.5


class _StopRequest(BaseException):
    """Somebody asked for the end: it must pass every ``except`` on its way out."""


def main(arguments: list[str] | None = None) -> int:
    """Run until asked to stop; returns 0 then, and 1 with a sentence when the system cannot start or go on."""
    data = parse_data_folder("python -m devkit.up", __doc__, arguments)
    for number in _STOP_SIGNALS:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)
    try:
        run(data)
    except _StopRequest:
        print("Stopped.", flush=True)
    except LocalSystemError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def run(data: Path) -> None:
    """Start the system on ``data``, say where it is, and watch over it; raises :class:`LocalSystemError`."""
    print("Starting Strata …", flush=True)
    system = LocalSystem(data, with_pipelines=True)
    try:
        system.start()
        print(_greeting(system), flush=True)
        system.folder.announce_address(system.address)
        while True:
            system.check_running()
            time.sleep(_LOOK_SECONDS)
    finally:
        for number in _STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        system.stop()


def parse_data_folder(program: str, description: str | None, arguments: list[str] | None) -> Path:
    """Return the data folder that the command line names, by default the one of this checkout."""
    parser = argparse.ArgumentParser(prog=program, description=description)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="the data folder (default: .strata)")
    return parser.parse_args(arguments).data


def _stop(_number: int, _frame: FrameType | None) -> Never:
    raise _StopRequest


def _greeting(system: LocalSystem) -> str:
    return f"""
Strata is up at {system.base_url}

  Swagger UI {system.base_url}/api/docs
  ReDoc      {system.base_url}/api/redoc
  Health     {system.base_url}/api/health
  Token      {system.token}
  Data       {system.folder.path}

Send the token as 'Authorization: Bearer <token>'. Stop with Ctrl-C, or with 'make down' from any terminal.
"""


if __name__ == "__main__":
    sys.exit(main())
