"""``make down``: stop what ``make up`` started, from any terminal."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from devkit.data_folder import DataFolder
from devkit.up import parse_data_folder

if TYPE_CHECKING:
    from collections.abc import Callable

_PATIENCE_SECONDS = 60


def main(arguments: list[str] | None = None) -> int:
    """Stop the system and wait until it is gone; returns 0 then and when none ran, 1 when it does not end."""
    folder = DataFolder(parse_data_folder("python -m devkit.down", __doc__, arguments).resolve())
    if not folder.is_used:
        folder.forget_address()
        print("Nothing is running.")
        return 0
    if process := folder.user:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)
    if not _becomes_true(lambda: not folder.is_used):
        print(f"Process {process} was asked to stop but is still there after {_PATIENCE_SECONDS} s.", file=sys.stderr)
        return 1
    folder.forget_address()
    print("Stopped.")
    return 0


def _becomes_true(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


if __name__ == "__main__":
    sys.exit(main())
