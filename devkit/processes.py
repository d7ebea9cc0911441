"""Child processes of the local system: logged to a file, and never left behind."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from devkit.errors import LocalSystemError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

_LOG_TAIL_LINES = 20
_POLL_SECONDS = 0.05
_PR_SET_PDEATHSIG = 1


class ChildProcess:
    """A process in a group of its own: Ctrl-C in the terminal does not reach it, and it ends with its parent.

    On Linux, "parent" is the thread that started it: start children from a thread that stays.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        environ: Mapping[str, str],
        directory: Path,
        log: Path,
        keep_open: Sequence[int] = (),
    ) -> None:
        """Start ``command`` in ``directory``; what it prints goes to ``log``, and it keeps ``keep_open`` files open."""
        self.name = name
        self._log = log
        with log.open("ab") as output:
            self._log_start = output.tell()
            self._process = subprocess.Popen(
                command,
                env=environ,
                cwd=directory,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=keep_open,
                # Only the child itself can ask to be told of its parent's death; the call takes no lock.
                preexec_fn=end_with_parent(),  # noqa: PLW1509
            )

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the process is still there."""
        return self._process.poll() is None

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Return when ``ready`` says so.

        Raises :class:`LocalSystemError` with the end of the log when the process ends before, or when it takes too
        long.
        """
        end = time.monotonic() + seconds
        while not ready():
            if not self.is_running:
                raise self.failure(f"{self.name} ended with code {self._process.returncode} instead of starting")
            if time.monotonic() > end:
                raise self.failure(f"{self.name} was not ready within {seconds:.0f} s")
            time.sleep(_POLL_SECONDS)

    def failure(self, sentence: str) -> LocalSystemError:
        """Return the error that says ``sentence`` and shows the end of what this process wrote to its log."""
        with self._log.open("rb") as log:
            log.seek(self._log_start)
            lines = log.read().decode("utf-8", "replace").splitlines()
        tail = "".join(f"\n  | {line}" for line in lines[-_LOG_TAIL_LINES:])
        return LocalSystemError(f"{sentence}. The end of {self._log}:{tail or ' (nothing was written)'}")

    def stop(self, seconds: float) -> None:
        """End the process by SIGTERM, and by SIGKILL when it takes longer than ``seconds``."""
        self._signal(signal.SIGTERM)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End the process and all it started at once, without a chance to finish anything."""
        self._signal(signal.SIGKILL)
        self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self.is_running:
            os.killpg(self._process.pid, number)


def end_with_parent() -> Callable[[], None] | None:
    """Return what a new process calls so that it ends with the thread that started it; None where that is not known."""
    if sys.platform != "linux":
        return None
    parent, prctl = os.getpid(), ctypes.CDLL(None).prctl

    def ask_for_the_signal() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return ask_for_the_signal


def free_ports(count: int) -> list[int]:
    """Return ports of the loopback address that nothing listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def listens(port: int) -> bool:
    """Tell whether something accepts connections on a port of the loopback address."""
    return answers("127.0.0.1", port, seconds=1)


def answers(host: str, port: int, seconds: float = 5) -> bool:
    """Tell whether something accepts connections on a port of a machine within so many seconds."""
    try:
        socket.create_connection((host, port), seconds).close()
    except OSError:
        return False
    return True
