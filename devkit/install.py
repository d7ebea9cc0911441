"""``python3 -m devkit.install``: make the virtual environment and what stands beside it, unless that is done.

Runs before anything is installed, so it needs the standard library alone. What a step has brought in is written
down when the step is complete; a run that was interrupted is taken up by the next one.
"""

from __future__ import annotations

import argparse
import fcntl
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from devkit.debian import can_install, install_first_of
from devkit.java import suitable_java

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
_PYTHON = VENV / "bin" / "python"
# There while pip is at work: packages that it was interrupted in can look complete.
_UNFINISHED = VENV / "unfinished"
# The first file of a purpose holds the packages of the others too.
_REQUIREMENTS = {
    "local": ("requirements-local.txt",),
    "demo": ("requirements-demo.txt", "requirements-local.txt"),
    "test": ("requirements-test.txt", "requirements-demo.txt", "requirements-local.txt"),
}
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_SHOWN_LINES = 15


class InstallError(Exception):
    """Something cannot be installed; the message says what to do."""


def main(arguments: list[str] | None = None) -> int:
    """Install for running ("local"), also with Spark ("demo"), or for testing ("test"); returns the exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m devkit.install", description=__doc__)
    parser.add_argument("purpose", choices=sorted(_REQUIREMENTS))
    purpose = parser.parse_args(arguments).purpose
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        _wait_for_turn()
        ensure_environment()
        ensure_packages(_REQUIREMENTS[purpose])
        ensure_azurite()
        if purpose != "local":
            ensure_java()
        if purpose == "test":
            ensure_browser()
    except InstallError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; the next run goes on from here.", file=sys.stderr)
        return 130
    return 0


def ensure_environment() -> None:
    """Make the virtual environment when there is none that works."""
    if not _UNFINISHED.exists() and _works():
        return
    if importlib.util.find_spec("ensurepip") is None:
        _ensure_venv_package()
    with _step(f"Virtual environment with Python {sys.version_info.major}.{sys.version_info.minor}"):
        shutil.rmtree(VENV, ignore_errors=True)
        VENV.mkdir(exist_ok=True)
        _UNFINISHED.touch()
        _run([sys.executable, "-m", "venv", str(VENV)])
        _UNFINISHED.unlink()


def ensure_packages(requirements: Sequence[str]) -> None:
    """Install the Python packages of the first file, which has those of the others too, when it has changed."""
    wanted = ROOT / requirements[0]
    installed = VENV / requirements[0]
    if installed.exists() and installed.read_bytes() == wanted.read_bytes():
        return
    with _step(f"Python packages of {wanted.name}"):
        _UNFINISHED.touch()
        _run([str(_PYTHON), "-m", "pip", "install", "--quiet", "--no-input", "--requirement", str(wanted)])
        for name in requirements:
            shutil.copyfile(ROOT / name, VENV / name)
        _UNFINISHED.unlink()


def ensure_azurite() -> None:
    """Install Azurite when its lockfile has changed."""
    command = [str(_PYTHON), "-m", "devkit.azurite.install"]
    if subprocess.run([*command, "--check"], cwd=ROOT, check=False).returncode == 0:
        return
    with _step("Azurite, with the Node of the virtual environment"):
        _run(command)


def ensure_java() -> None:
    """Install what Spark needs beside Python, where that is possible; without it large jobs wait."""
    if not suitable_java():
        _try_to_install("Java", "large jobs and tests on Spark", ("openjdk-21-jre-headless", "openjdk-17-jre-headless"))


def ensure_browser() -> None:
    """Install the browser that some tests need, where that is possible; without it they are skipped."""
    if not any(map(shutil.which, _CHROMIUM)):
        _try_to_install("Chromium", "tests in a browser", ("chromium",))


def _try_to_install(program: str, purpose: str, packages: Sequence[str]) -> None:
    if can_install():
        with _step(f"{program}, for {purpose}") as step:
            if install_first_of(packages) is None:
                return
            step.outcome = "not to be had"
    print(f"  Without {program}, {purpose} are skipped. To have it: apt-get install {packages[-1]}")


def _ensure_venv_package() -> None:
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if not can_install():
        raise InstallError(f"Python's venv module is missing. Install it as root: apt-get install {package}")
    with _step(f"Debian package {package}"):
        problem = install_first_of((package,))
        if problem is not None:
            raise InstallError(f"{package} cannot be installed:\n{_tail(problem)}")


def _works() -> bool:
    # Not so when the Python that it was made with has gone or has become another version.
    if not _PYTHON.exists():
        return False
    return subprocess.run([str(_PYTHON), "-c", "import pip"], capture_output=True, check=False).returncode == 0


def _wait_for_turn() -> None:
    """Let one installation work at a time: the lock ends with this process and with what it has started."""
    lock = os.open(__file__, os.O_RDONLY)
    os.set_inheritable(lock, True)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("  Waiting for another installation to end …", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(
        command,
        cwd=ROOT,
        close_fds=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise InstallError(f"This failed: {' '.join(command)}\n{_tail(done.stdout)}")


def _tail(output: str) -> str:
    return "\n".join(output.splitlines()[-_SHOWN_LINES:])


@dataclass
class _Step:
    outcome: str = ""


@contextmanager
def _step(title: str) -> Iterator[_Step]:
    print(f"  {title} … ", end="", flush=True)
    start = time.monotonic()
    step = _Step()
    try:
        yield step
    except BaseException:
        print("failed", flush=True)
        raise
    print(step.outcome or f"{time.monotonic() - start:.0f} s", flush=True)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
