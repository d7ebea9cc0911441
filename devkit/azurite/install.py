"""``python -m devkit.azurite.install``: bring in Azurite as its lockfile says, unless that is done."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from devkit.azurite.node import NODE, NPM

_HERE = Path(__file__).parent
_LOCKFILE = _HERE / "package-lock.json"
_MODULES = _HERE / "node_modules"
# Written when all is there: npm interrupted leaves a folder without it.
_INSTALLED = _MODULES / "installed-lock.json"

#: The program that Node runs.
AZURITE = _MODULES / "azurite" / "dist" / "src" / "azurite.js"


def is_installed() -> bool:
    """Tell whether what is installed is what the lockfile says."""
    return _INSTALLED.exists() and _INSTALLED.read_bytes() == _LOCKFILE.read_bytes()


def install() -> None:
    """Install Azurite; raises :class:`subprocess.CalledProcessError` when npm fails."""
    command = [str(NODE), str(NPM), "ci", "--loglevel=error"]
    if not os.access(Path.home(), os.W_OK):
        command.append(f"--cache={Path(sys.prefix) / 'npm-cache'}")
    environ = {**os.environ, "PATH": f"{NODE.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    subprocess.run(command, cwd=_HERE, env=environ, stdin=subprocess.DEVNULL, check=True)
    shutil.copyfile(_LOCKFILE, _INSTALLED)


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit(0 if is_installed() else 1)
    install()
