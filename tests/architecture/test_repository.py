from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
# Addresses that a package is fetched from: each machine's own configuration says them, never the project.
REGISTRY = re.compile(r"//[\w.-]*(pypi|pythonhosted|npmjs|debian|ubuntu)[\w.-]*\.(org|com)\b", re.IGNORECASE)
PERSONAL_PATH = re.compile(r"(?<![\w./:}-])/(root|home/\w+|work|Users/\w+)/")
MADE = {"node_modules", "__pycache__", "build", "dist", "htmlcov"}
MOST_LINES = 300


def files(folder: Path = ROOT) -> Iterator[Path]:
    """Every file of the project, without what is made from it."""
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name != ".git":
            yield path
        elif path.name not in MADE and (not path.name.startswith(".") or path.name == ".ci"):
            yield from files(path)


def code() -> list[Path]:
    return [path for path in files() if path.suffix == ".py"]


def texts() -> list[Path]:
    vendored = ROOT / "functions" / "http" / "assets"
    return [path for path in files() if b"\0" not in path.read_bytes() and vendored not in path.parents]


@pytest.mark.parametrize("forbidden", [REGISTRY, PERSONAL_PATH], ids=["registry", "path of a machine"])
def test_no_file_names_a_registry_or_a_path_of_one_machine(forbidden: re.Pattern[str]) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in texts()
        if (match := forbidden.search(path.read_text(encoding="utf-8", errors="replace")))
    ]
    assert found == []


def test_no_module_is_long() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in code()}
    assert {str(path.relative_to(ROOT)): lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


def test_every_module_outside_tests_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in code()
        if ROOT / "tests" not in path.parents and ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) is None
    ]
    assert silent == []


def test_nothing_is_left_to_do() -> None:
    marker = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    left = [str(path.relative_to(ROOT)) for path in code() if marker.search(path.read_text(encoding="utf-8"))]
    assert left == []
