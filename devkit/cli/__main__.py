"""``python -m devkit.cli``: the ``strata`` command where it is not installed."""

from __future__ import annotations

from devkit.cli.app import app

if __name__ == "__main__":
    app(prog_name="strata")
