"""Folders that are needed while something runs, and go with it: at the latest when somebody looks who comes later."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import shutil
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence

_LOCK = "lock"


@asynccontextmanager
async def scratch(folder: Path, scraps: Sequence[Path]) -> AsyncIterator[None]:
    """Use a folder; ``scraps``, folders within it or elsewhere, are removed afterwards, while all else stays."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.pwrite(lock, json.dumps([str(each) for each in scraps]).encode(), 0)
        yield
    finally:
        await asyncio.to_thread(_remove, folder, scraps)
        os.close(lock)


def remove_abandoned(root: Path) -> None:
    """Do for the folders in ``root`` what those had no time for whose process was killed amid :func:`scratch`."""
    for file in root.glob(f"*/{_LOCK}"):
        lock = os.open(file, os.O_RDWR)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            _remove(file.parent, map(Path, json.loads(file.read_text(encoding="utf-8") or "[]")))
        finally:
            os.close(lock)


def _remove(folder: Path, scraps: Iterable[Path]) -> None:
    for each in scraps:
        shutil.rmtree(each, ignore_errors=True)
    (folder / _LOCK).unlink(missing_ok=True)
