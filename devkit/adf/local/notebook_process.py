"""``python -m devkit.adf.local.notebook_process NOTEBOOK WIDGETS RESULT``: runs one notebook on Spark.

WIDGETS is a JSON file of parameters; RESULT becomes one with the value that the notebook returns, or its error.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from devkit.adf.local.dbutils import DbUtils, NotebookExit
from devkit.adf.local.spark import SETTINGS, on_this_machine
from shared.errors import AppError

if TYPE_CHECKING:
    from types import CodeType

    from pyspark.sql import SparkSession

#: Where the Java is that has started this process.
_SUBMITTED = "PYSPARK_GATEWAY_PORT"


def main(notebook: Path, widgets: Path, result: Path) -> int:
    """Run a notebook; returns 0 when it came to its end, else 1."""
    code, outcome = 0, dict[str, Any]()
    try:
        source = compile(notebook.read_text(encoding="utf-8"), str(notebook), "exec")
        outcome = {"value": _run(source, json.loads(widgets.read_text(encoding="utf-8")))}
    except Exception as error:
        traceback.print_exc()
        code, outcome = 1, {"error": _told(error)}
    result.write_text(json.dumps(outcome), encoding="utf-8")
    return code


def _run(source: CodeType, widgets: dict[str, str]) -> str | None:
    """Return what the notebook returns, None when it comes to its end without."""
    spark = start_spark()
    try:
        exec(source, {"__name__": "__main__", "spark": spark, "dbutils": DbUtils(widgets, os.environ)})  # noqa: S102
    except NotebookExit as end:
        return end.value
    finally:
        spark.stop()
    return None


def _told(error: Exception) -> str:
    """Say what went wrong; only messages of the product itself are known to hold no data."""
    return str(error) if isinstance(error, AppError) else f"{type(error).__name__}."


def start_spark() -> SparkSession:
    """Start Spark as Databricks runs it; whom ``spark-submit`` has started has been told everything already."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 - takes its time, and only this process needs it

    builder = SparkSession.builder
    if _SUBMITTED not in os.environ:
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
        builder = builder.master(os.environ.get("STRATA_SPARK_MASTER") or "local[2]").appName("strata")
        for name, value in (SETTINGS | on_this_machine(Path.cwd())).items():
            builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:4])))
