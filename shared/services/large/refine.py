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
from shared.services.large.written import write

if TYPE_CHECKING:
    from shared.services.large.run import LargeRun


def refine(session: Any, run: LargeRun) -> SilverReport:
    """Judge the rows of a job, and write those that are good and what is to be said of the others.

    Raises :class:`~shared.errors.ConflictError` when the contract is of another version than the job's.
    """
    configure(session)
    dataset, engine = run.load_dataset(), SparkEngine(session, f"{run.work_uri}silver/")
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
    told = {name: frame for name, frame in result.verdicts.items() if result.rule_counts[name]}
    return SilverReport(
        run_id=run.run_id,
        loaded_at=context.loaded_at,
        ledger=result.ledger,
        rule_counts=result.rule_counts,
        quarantine=write(session, told, run.quarantine_uri),
        silver=write(session, result.frames, run.silver_uri),
        scorecard=scorecard(contract, result.ledger, result.broken, index.reconciliation),
    )
