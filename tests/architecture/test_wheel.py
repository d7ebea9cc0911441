"""The wheel is what Databricks installs: the product alone, and it works where Azure's libraries are not."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# An empty PYTHONPATH entry or the folder of the tests must not let the checkout stand in for the wheel.
IMPORT_ALL = """
import importlib, pkgutil, sys

class NoAzure:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("azure", "fastapi", "functions", "devkit"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, NoAzure())
sys.path.insert(0, sys.argv[1])
import shared
assert shared.__file__.startswith(sys.argv[1]), shared.__file__
azure_only = ("shared.adapters", "shared.bootstrap", "shared.settings")
for module in pkgutil.walk_packages(shared.__path__, "shared."):
    if not module.name.startswith(azure_only):
        importlib.import_module(module.name)
from shared.datasets.catalogue import dataset_names, load_dataset
for name in dataset_names():
    print(load_dataset(name).contract.dataset)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_it_holds_the_product_alone_with_every_dataset_and_the_licence(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    folders = {name.partition("/")[0] for name in names}
    assert {folder for folder in folders if not folder.endswith(".dist-info")} == {"shared"}
    tracked = {path.relative_to(ROOT).as_posix() for path in (ROOT / "shared").rglob("*.*") if path.suffix != ".pyc"}
    assert {name for name in names if name.startswith("shared/")} == tracked
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_it_works_without_azure_and_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    imported = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, str(tmp_path / "installed")],
        cwd=tmp_path,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert imported.returncode == 0, imported.stderr
    assert "ecommerce" in imported.stdout.split()
