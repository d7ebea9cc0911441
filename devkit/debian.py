"""Debian's packages, for what pip and npm cannot bring."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def can_install() -> bool:
    """Tell whether this process may install packages."""
    return shutil.which("apt-get") is not None and os.geteuid() == 0


def install_first_of(alternatives: Sequence[str]) -> str | None:
    """Install the first of the alternatives that this release has; returns apt's words when none could be."""
    said = _update()
    for package in alternatives:
        done = _apt("install", "-qq", "--yes", "--no-install-recommends", package)
        if done.returncode == 0:
            return None
        said += done.stdout
    return said


@cache
def _update() -> str:
    return _apt("update", "-qq").stdout


def _apt(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["apt-get", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
