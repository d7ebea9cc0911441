"""Runs notebooks by ``spark-submit``: on any cluster of Spark whose machines share a folder with this one."""

from __future__ import annotations

import os
import re
import sys
import zipfile
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from devkit.adf.local.spark import PROCESS, SETTINGS, NoSparkError, not_installed, on_this_machine, require_java
from devkit.processes import answers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ROOT = Path(__file__).resolve().parents[3]
_PACKAGE = "shared"
_LOCAL = re.compile(r"local(\[.*\])?")
_CLUSTER = re.compile(r"yarn|k8s://.+|spark://(?P<hosts>[^/]+)")
_CORE = re.compile(r"spark-core_[\d.]+-(?P<version>(\d+)\.(\d+)\S*)\.jar")
#: The first version with functions of Arrow columns.
_OLDEST = (4, 1)


@dataclass(frozen=True, slots=True)
class SparkSubmit:
    """The Spark of an installation, at a master, with settings by their names.

    ``work_dir`` is a folder that all machines of the cluster see under this path, for the files of runs while they
    last. It can be left out where the master is local.
    """

    home: Path
    master: str
    conf: Mapping[str, str] = field(default_factory=dict)
    work_dir: Path | None = None

    @property
    def is_local(self) -> bool:
        """Whether all of it runs on this machine, in one process."""
        return _LOCAL.fullmatch(self.master) is not None

    def require(self) -> None:
        """Raise :class:`NoSparkError` when it cannot be used."""
        self._require_master()
        self._require_version()
        require_java()
        for name in self.conf:
            if not name.startswith("spark."):
                raise NoSparkError(f"'{name}' is no setting of Spark.", "All of them begin with 'spark.'.")
        if self.work_dir is not None:
            _require_folder(self.work_dir)
        elif not self.is_local:
            raise NoSparkError(
                f"The machines of {self.master} need a folder in which they read and write the files of the job.",
                "Name one by --work-dir that they and this machine share under the same path.",
            )

    def files(self, folder: Path) -> Path:
        """Return a folder for the run in the one that is shared, else within the run's own."""
        return folder / "files" if self.work_dir is None else self.work_dir / f"strata-{folder.name}"

    def command(self, arguments: Sequence[Path], folder: Path) -> list[str]:
        """Return the command; a cluster gets the product's package with it, which lasts as long as the run."""
        settings = {**SETTINGS, "spark.pyspark.driver.python": sys.executable}
        if self.is_local:
            settings |= on_this_machine(folder) | {"spark.pyspark.python": sys.executable}
        program = [str(self.home / "bin" / "spark-submit"), "--master", self.master, "--deploy-mode", "client"]
        program += ["--name", f"strata {arguments[0].stem}"]
        for name, value in (settings | dict(self.conf)).items():
            program += ["--conf", f"{name}={value}"]
        if not self.is_local:
            program += ["--py-files", str(_packed(folder / "spark"))]
        return [*program, str(_ROOT.joinpath(*PROCESS.split(".")).with_suffix(".py")), *map(str, arguments)]

    @property
    def environ(self) -> Mapping[str, str]:
        """Where Spark is; and no module is looked for beside the file that is submitted."""
        return {"SPARK_HOME": str(self.home), "PYTHONSAFEPATH": "1"}

    def _require_master(self) -> None:
        if self.is_local:
            return
        cluster = _CLUSTER.fullmatch(self.master)
        if cluster is None:
            raise NoSparkError(
                f"'{self.master}' is no master of Spark.", "Write local[*], spark://HOST:7077, yarn or k8s://URL."
            )
        if cluster["hosts"] and not any(map(_answers, cluster["hosts"].split(","))):
            raise NoSparkError(f"Nothing answers at {self.master}.", "Check its address, and that the cluster runs.")

    def _require_version(self) -> None:
        found = next(
            filter(None, (_CORE.fullmatch(file.name) for file in self.home.glob("jars/spark-core_*.jar"))), None
        )
        if found is None or not (self.home / "bin" / "spark-submit").is_file():
            raise NoSparkError(
                f"There is no Spark in {self.home}.", "Point SPARK_HOME to where one is, or leave it out."
            )
        if (int(found[2]), int(found[3])) < _OLDEST:
            oldest = ".".join(map(str, _OLDEST))
            raise NoSparkError(
                f"The Spark in {self.home} is {found['version']}, and {oldest} or newer is needed.",
                "Point SPARK_HOME to a newer one, or leave it out.",
            )


def find_spark(environ: Mapping[str, str]) -> Path:
    """Return where Spark is installed: in SPARK_HOME, else what the package ``pyspark`` brings.

    Raises :class:`NoSparkError` when there is neither.
    """
    if home := environ.get("SPARK_HOME"):
        return Path(home)
    package = find_spec("pyspark")
    if package is None or package.origin is None:
        raise not_installed()
    return Path(package.origin).parent


def _packed(folder: Path) -> Path:
    """Pack the product's package for the workers' Python, which imports it from there."""
    folder.mkdir(exist_ok=True)
    packed = folder / f"{_PACKAGE}.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted((_ROOT / _PACKAGE).rglob("*")):
            if file.is_file() and file.suffix != ".pyc":
                archive.write(file, file.relative_to(_ROOT))
    return packed


def _require_folder(folder: Path) -> None:
    if not folder.is_absolute() or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise NoSparkError(
            f"{folder} is no folder that can be written to, by its full path.",
            "Name one by --work-dir that all machines of the cluster share with this one.",
        )


def _answers(host: str) -> bool:
    name, _, port = host.rpartition(":")
    return port.isdecimal() and answers(name.strip("[]"), int(port))
