"""The Spark that notebooks run on, and by default one in the notebook's own process, on this machine."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from devkit.adf.errors import ActivityError
from devkit.java import OLDEST, suitable_java

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

PROCESS = "devkit.adf.local.notebook_process"
#: As Databricks runs it: UTC, and ANSI, where a cast that fails is an error.
SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    # Noting down for every expression where it was written takes as long as all the rest of making plans.
    "spark.python.sql.dataFrameDebugging.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


class NoSparkError(ActivityError):
    """There is no Spark that could be used: why, and what to do about it."""

    def __init__(self, sentence: str, advice: str) -> None:
        super().__init__(f"{sentence} {advice}", "SparkNotFound")
        self.sentence = sentence
        self.advice = advice


class Spark(Protocol):
    """A way of running a notebook."""

    def require(self) -> None:
        """Raise :class:`NoSparkError` when it cannot be used."""

    def files(self, folder: Path) -> Path:
        """Return where the files of a run are, whose own folder is ``folder``: all that work on it can reach them."""

    def command(self, arguments: Sequence[Path], folder: Path) -> list[str]:
        """Return the command that runs a notebook: itself, its parameters, and where its result goes."""

    @property
    def environ(self) -> Mapping[str, str]:
        """What the command's environment has besides the usual."""


class OwnSpark:
    """Spark within the process of the notebook; environment variables say how much of the machine it takes."""

    def require(self) -> None:
        """Raise :class:`NoSparkError` when it cannot be used."""
        if find_spec("pyspark") is None:
            raise not_installed()
        require_java()

    def files(self, folder: Path) -> Path:
        """Return a folder within that of the run."""
        return folder / "files"

    def command(self, arguments: Sequence[Path], folder: Path) -> list[str]:
        """Return the command."""
        return [sys.executable, "-m", PROCESS, *map(str, arguments)]

    @property
    def environ(self) -> Mapping[str, str]:
        """Nothing more."""
        return {}


def on_this_machine(folder: Path) -> dict[str, str]:
    """Return what Spark is told besides where all of it runs on this machine; its own files go to ``folder``."""
    return {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": os.environ.get("STRATA_SPARK_MEMORY") or "2g",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.warehouse.dir": str(folder / "spark-warehouse"),
        "spark.local.dir": str(folder / "spark"),
        "spark.ui.enabled": "false",
    }


def not_installed() -> NoSparkError:
    """Return the error that says how to get Spark."""
    return NoSparkError("Spark is not installed here.", "'make install-demo' brings it.")


def require_java() -> None:
    """Raise :class:`NoSparkError` when there is no Java for Spark."""
    if not suitable_java():
        raise NoSparkError(
            f"Spark needs Java {OLDEST} or newer, and there is none here.",
            "As root: apt-get install openjdk-21-jre-headless, or point JAVA_HOME to one.",
        )
