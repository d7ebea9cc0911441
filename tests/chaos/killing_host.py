"""The local host, ending itself by SIGKILL at one point before or after a write, or failing at certain ones.

``CHAOS_KILL_AT`` numbers the point (empty: never), ``CHAOS_KILL_ON`` is a pattern of it and ``CHAOS_FAIL_AT`` one of
the points that fail (empty: none), ``CHAOS_POINTS`` names a file that gets every point passed.
"""

from __future__ import annotations

import os
import re
import signal
import sys

from devkit.host.__main__ import main
from shared.bootstrap import get_app
from tests.chaos.fuse import Fuse, arm

if __name__ == "__main__":
    kill_at, kill_on, fail_at = (os.environ[f"CHAOS_{name}"] for name in ("KILL_AT", "KILL_ON", "FAIL_AT"))
    points = os.open(os.environ["CHAOS_POINTS"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(name: str) -> None:
        os.write(points, f"{name}\n".encode())
        if kill_on and re.match(kill_on, name):
            os.kill(os.getpid(), signal.SIGKILL)
        if fail_at and re.match(fail_at, name):
            raise OSError(name)

    fuse = Fuse(int(kill_at) if kill_at else None, lambda: os.kill(os.getpid(), signal.SIGKILL), note)
    # The functions take the same app: there is one in a process.
    arm(get_app(), fuse)
    sys.exit(main())
