from __future__ import annotations

import tomllib
from pathlib import Path

from shared import __version__

ROOT = Path(__file__).parents[2]


def test_the_package_and_the_product_name_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__
