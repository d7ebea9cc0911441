"""The wheel is the product and the command: what Databricks installs, where Azure's libraries are not, and clients."""

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


def test_it_holds_the_product_with_every_dataset_the_command_and_the_licence_alone(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    sources = [path for folder in ("shared", "devkit/cli") for path in (ROOT / folder).rglob("*.*")]
    tracked = {path.relative_to(ROOT).as_posix() for path in sources if path.suffix != ".pyc"}
    assert {name for name in names if ".dist-info/" not in name} == {*tracked, "devkit/__init__.py"}
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_product_works_without_azure_and_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
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


def test_the_command_works_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    (metadata,) = tmp_path.glob("*.dist-info")
    assert "strata = devkit.cli.app:app" in (metadata / "entry_points.txt").read_text("utf-8")

    def strata(*arguments: str) -> subprocess.CompletedProcess[str]:
        code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from devkit.cli.app import app; app()"
        command = [sys.executable, "-c", code, *arguments]
        return subprocess.run(command, cwd=tmp_path, env={}, capture_output=True, text=True, check=False)

    assert strata("--help").returncode == 0
    doctor = strata("doctor")
    assert "none is here: this is the command alone" in doctor.stdout, doctor.stderr
    assert "No system is named" in doctor.stdout
    assert "is in no checkout of Strata" in strata("new-dataset", "visits").stderr
