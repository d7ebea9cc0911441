from __future__ import annotations

import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from devkit.data_folder import DataFolder
from devkit.errors import LocalSystemError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_are_generated_once_and_are_the_owners_alone(folder: DataFolder) -> None:
    with folder.in_use():
        first = folder.secrets()
        assert folder.secrets() == first
    assert mode(folder.path) == 0o700
    assert mode(folder.path / "secrets.json") == 0o600
    assert DataFolder(folder.path).secrets() == first


def test_two_folders_have_different_secrets(tmp_path: Path) -> None:
    folders = [DataFolder(tmp_path / name) for name in ("one", "two")]
    for folder in folders:
        with folder.in_use():
            folder.secrets()
    assert folders[0].secrets().storage_key != folders[1].secrets().storage_key
    assert folders[0].secrets().token_key != folders[1].secrets().token_key


def test_a_folder_is_used_by_one_at_a_time(folder: DataFolder) -> None:
    assert not folder.is_used
    with folder.in_use():
        assert folder.is_used
        with pytest.raises(LocalSystemError, match="already runs"), DataFolder(folder.path).in_use():
            pass
    assert not folder.is_used
    assert folder.user is None


def test_a_folder_is_used_as_long_as_a_child_keeps_it_open(folder: DataFolder) -> None:
    with folder.in_use() as lock:
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[lock])
    assert folder.is_used
    child.communicate(b"\n")
    assert not folder.is_used


def test_one_that_is_being_left_is_waited_for(folder: DataFolder) -> None:
    sleeper = [sys.executable, "-c", "import time; time.sleep(0.5)"]
    with folder.in_use() as lock:
        child = subprocess.Popen(sleeper, pass_fds=[lock])
    (folder.path / "lock").write_text(str(_ended_process()), encoding="ascii")
    with folder.in_use(patience=10):
        assert child.poll() is not None


def test_a_new_use_forgets_the_old_address_and_keeps_the_old_logs_aside(folder: DataFolder) -> None:
    with folder.in_use():
        folder.announce_address({"baseUrl": "here", "token": "secret"})
        folder.log("host").write_text("old", encoding="utf-8")
        assert mode(folder.address_file) == 0o600
        assert folder.address == {"baseUrl": "here", "token": "secret"}
    with folder.in_use():
        assert folder.address is None
        assert not folder.log("host").exists()
        assert folder.log("host").with_suffix(".previous").read_text(encoding="utf-8") == "old"


def _ended_process() -> int:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid
