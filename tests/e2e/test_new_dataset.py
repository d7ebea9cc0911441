"""A dataset that ``strata new-dataset`` has written passes its own tests, and the checks of style, as it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The shortest and the longest names: where lines end depends on them.
PLAIN, WITH_GOLD = ("p", "p" * 40), ("g", "g" * 40)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    """A copy of what the tests of datasets need, with datasets of both kinds and names."""
    copy = tmp_path_factory.mktemp("checkout")
    leave_out = shutil.ignore_patterns("node_modules", "__pycache__", ".*_cache", "data", "assets")
    for folder in ("shared", "functions", "devkit", "tests"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=leave_out)
    for file in ("function_app.py", "pyproject.toml"):
        shutil.copy(ROOT / file, copy)
    for arguments in (*([name] for name in PLAIN), *([name, "--gold"] for name in WITH_GOLD)):
        run(copy, "devkit.cli", "new-dataset", *arguments)
    return copy


def run(folder: Path, module: str, *arguments: str) -> None:
    """Run a module in a folder; fails the test, with what was printed, when that fails."""
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(("COV_", "COVERAGE_", "PYTEST_"))
    }
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def places(root: str) -> list[str]:
    return [f"{root}/datasets/{name}" for name in (*PLAIN, *WITH_GOLD)]


def test_its_tests_pass_at_once(checkout):
    run(checkout, "pytest", "-q", *places("tests"))


def test_it_is_written_in_the_style_of_the_project(checkout):
    for command in (["check"], ["format", "--check"]):
        run(checkout, "ruff", *command, *places("shared"), *places("tests"))


def test_it_gets_on_with_the_other_datasets(checkout):
    run(checkout, "pytest", "-q", "tests/unit/datasets")
