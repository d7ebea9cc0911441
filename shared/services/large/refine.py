"""Bronze to silver on Spark: the same rules as on the small path, on shards."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from shared.domain.report import SilverReport
from shared.frames.engine import SparkEngine
from shared.medallion import silver
from shared.medallion.context import RunContext
from shared.quality.scorecard import scorecard
from shared.services.large.bronze import bronze_frames, findings, loaded_keys, read_index
from shared.services.large.run import configure
from shared.services.large.written import written_files

if TYPE_CHECKING:
    from shared.frames.engine import ArrowUdf
    from shared.services.large.run import LargeRun


def refine(session: Any, run: LargeRun, arrow_udf: ArrowUdf) -> SilverReport:
    """Judge the rows of a job, and write those that are good and what is to be said of the others.

    ``arrow_udf`` is ``pyspark.sql.functions.arrow_udf``.
    Raises :class:`~shared.errors.ConflictError` when the contract is of another version than the job's.
    """
    configure(session)
    dataset, layers = run.load_dataset(), {"silver": run.silver_uri, "quarantine": run.quarantine_uri}
    engine = SparkEngine(session, arrow_udf, f"{run.work_uri}silver/", layers)
    contract, index = dataset.contract, read_index(session, run)
    context = RunContext(run.job_id, run.run_id, run.user_id, run.as_of, datetime.now(UTC), b"")
    result = silver.refine(
        contract,
        bronze_frames(session, run, index, contract),
        index.files,
        context,
        engine,
        loaded_keys(session, run),
        findings(session, run, index),
    )
    told = [name for name, counts in result.rule_counts.items() if counts]
    for name in told:  # only now, since an empty table has no file on the small path, and Spark makes one
        engine.keep(result.verdicts[name], "quarantine", name)
    return SilverReport(
        run_id=run.run_id,
        loaded_at=context.loaded_at,
        ledger=result.ledger,
        rule_counts=result.rule_counts,
        quarantine=written_files(session, told, run.quarantine_uri),
        silver=written_files(session, result.frames, run.silver_uri),
        scorecard=scorecard(contract, result.ledger, result.broken, index.reconciliation),
    )
