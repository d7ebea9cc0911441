from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from devkit.adf.local.scratch import remove_abandoned, scratch
from devkit.system import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KILLED = """
import asyncio, os, sys
from pathlib import Path
from tests.unit.devkit.adf.test_scratch import use
use(Path(sys.argv[1]), lambda: os.kill(os.getpid(), 9))
"""


def use(folder: Path, act: Callable[[], object]) -> None:
    """Fill a folder and another one elsewhere, and do something before they are given up."""

    async def main() -> None:
        shared = folder.parent / f"shared-{folder.name}"
        async with scratch(folder, [folder / "files", shared]):
            for scrap in (folder / "files" / "deep", shared):
                scrap.mkdir(parents=True)
                (scrap / "a.parquet").touch()
            (folder / "notebook.log").touch()
            act()

    asyncio.run(main())


def left(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_what_is_needed_only_for_a_while_goes_and_all_else_stays(tmp_path: Path) -> None:
    use(tmp_path / "r1", lambda: None)
    assert left(tmp_path) == {"r1/notebook.log"}


def test_it_goes_after_a_failure_too(tmp_path: Path) -> None:
    def fail() -> None:
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        use(tmp_path / "r1", fail)
    assert left(tmp_path) == {"r1/notebook.log"}


def test_what_a_killed_process_left_is_removed_by_the_next_and_what_is_in_use_is_not(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path / "dead")]
    assert subprocess.run(command, check=False, cwd=ROOT).returncode == -signal.SIGKILL
    assert left(tmp_path) == {"dead/files/deep/a.parquet", "dead/lock", "dead/notebook.log", "shared-dead/a.parquet"}

    def look() -> None:
        remove_abandoned(tmp_path)
        in_use = {"r1/files/deep/a.parquet", "r1/lock", "r1/notebook.log", "shared-r1/a.parquet"}
        assert left(tmp_path) == {"dead/notebook.log", *in_use}

    use(tmp_path / "r1", look)
    assert left(tmp_path) == {"dead/notebook.log", "r1/notebook.log"}
