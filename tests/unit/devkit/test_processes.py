from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from devkit.errors import LocalSystemError
from devkit.processes import ChildProcess, free_ports, listens

if TYPE_CHECKING:
    from collections.abc import Iterator

PARENT = """
import os, sys
from pathlib import Path
from devkit.processes import ChildProcess
here = Path(sys.argv[1])
child = ChildProcess("Child", ["sleep", "60"], environ=dict(os.environ), directory=here, log=here / "log")
print(child.pid, flush=True)
sys.stdin.read()
"""


def start(code: str, folder: Path) -> ChildProcess:
    command = [sys.executable, "-c", code]
    return ChildProcess("Child", command, environ=dict(os.environ), directory=folder, log=folder / "child.log")


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[ChildProcess]:
    child = start("import time; print('awake', flush=True); time.sleep(60)", tmp_path)
    child.wait_until(lambda: "awake" in (tmp_path / "child.log").read_text(encoding="utf-8"), 10)
    yield child
    child.kill()


def test_one_that_ends_before_it_is_ready_shows_what_it_printed(tmp_path: Path) -> None:
    child = start("print('no such port'); raise SystemExit(3)", tmp_path)
    with pytest.raises(LocalSystemError, match=r"(?s)Child ended with code 3 .*\| no such port"):
        child.wait_until(lambda: False, 10)


def test_one_that_takes_too_long_says_so(sleeper: ChildProcess) -> None:
    with pytest.raises(LocalSystemError, match="not ready within 0 s"):
        sleeper.wait_until(lambda: False, 0.1)


def test_only_what_this_start_printed_is_shown(tmp_path: Path) -> None:
    (tmp_path / "child.log").write_text("an earlier story\n", encoding="utf-8")
    child = start("print('this one')", tmp_path)
    with pytest.raises(LocalSystemError) as caught:
        child.wait_until(lambda: False, 10)
    assert "this one" in str(caught.value)
    assert "earlier" not in str(caught.value)


def test_stopping_waits_for_the_end(sleeper: ChildProcess) -> None:
    sleeper.stop(10)
    assert not sleeper.is_running


def test_one_that_ignores_the_request_is_killed(tmp_path: Path) -> None:
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    child = start(code, tmp_path)
    child.wait_until(lambda: "deaf" in (tmp_path / "child.log").read_text(encoding="utf-8"), 10)
    child.stop(0.2)
    assert not child.is_running


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's death")
def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", PARENT, str(tmp_path)]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert is_running(child)
        parent.kill()
    end = time.monotonic() + 10
    while is_running(child) and time.monotonic() < end:
        time.sleep(0.02)
    assert not is_running(child)


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_free_ports_are_different_and_nobody_listens_on_them() -> None:
    ports = free_ports(3)
    assert len(set(ports)) == 3
    assert not any(listens(port) for port in ports)
