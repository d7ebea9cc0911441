"""Silver to gold on Spark, by the very functions that make the gold of small jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.domain.report import GoldReport
from shared.frames.engine import SparkEngine, lazy_frame
from shared.medallion import gold
from shared.medallion.context import RunContext
from shared.services.large.run import configure
from shared.services.large.written import written_files

if TYPE_CHECKING:
    from datetime import datetime

    from shared.frames.engine import ArrowUdf
    from shared.services.large.run import LargeRun


def build(session: Any, run: LargeRun, loaded_at: datetime, token_key: bytes, arrow_udf: ArrowUdf) -> GoldReport:
    """Make the gold of a job out of its silver; ``loaded_at`` is the time that silver was made at.

    ``arrow_udf`` is ``pyspark.sql.functions.arrow_udf``.
    """
    configure(session)
    dataset = run.load_dataset()
    engine = SparkEngine(session, arrow_udf, f"{run.work_uri}gold/", {"gold": run.gold_uri})
    context = RunContext(run.job_id, run.run_id, run.user_id, run.as_of, loaded_at, token_key)
    frames = {
        table.name: lazy_frame(session.read.parquet(f"{run.silver_uri}{table.name}"))
        for table in dataset.contract.tables
    }
    made = gold.build(dataset, frames, context, engine)
    return GoldReport(run.run_id, written_files(session, made, run.gold_uri))
