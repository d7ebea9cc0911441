"""The large path itself: the notebooks that Data Factory starts, on shards, without the app around them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from devkit.adf.local.dbutils import DbUtils, NotebookExit
from devkit.bench.layers import GOLD, QUARANTINE, SILVER
from devkit.bench.rules import JOB_ID, TOKEN_KEY, USER_ID
from shared.datasets.catalogue import load_dataset

if TYPE_CHECKING:
    from datetime import datetime

    from pyspark.sql import SparkSession

_NOTEBOOKS = Path(__file__).parents[2] / "adf_pipelines" / "notebooks"
_DATASET = "ecommerce"


def run(session: SparkSession, job: Path, as_of: datetime, out: Path) -> None:
    """Run both notebooks on the shards below ``job``; silver, quarantine and gold come below ``out``."""
    places = {"input": job, "work": out / "work", "manifest": out / "manifest"}
    places |= {layer: out / layer for layer in (SILVER, QUARANTINE, GOLD)}
    widgets = {
        **{f"{name}Uri": f"{folder.absolute().as_uri()}/" for name, folder in places.items()},
        "userId": USER_ID,
        "parentJobId": JOB_ID,
        "jobId": JOB_ID,
        "runId": "run",
        "dataset": _DATASET,
        "contractVersion": str(load_dataset(_DATASET).contract.version),
        "asOf": as_of.isoformat(),
    }
    for name in ("bronze_to_silver_pyspark", "silver_to_gold_pyspark"):
        source = compile((_NOTEBOOKS / f"{name}.py").read_text("utf-8"), name, "exec")
        try:
            exec(source, {"spark": session, "dbutils": DbUtils(widgets, {"STRATA_TOKEN_KEY": TOKEN_KEY.decode()})})  # noqa: S102
        except NotebookExit:
            continue
