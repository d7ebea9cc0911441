"""What a run's rows are worth: its scorecard is kept and told, and rows that may not go on end it."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import TYPE_CHECKING

from shared.domain.ledger import totals, unbalanced
from shared.domain.scorecard import Status
from shared.errors import DataRejectedError

if TYPE_CHECKING:
    from shared.domain.ledger import Ledger
    from shared.domain.manifest import Manifest
    from shared.domain.scorecard import Scorecard
    from shared.services.records import JobRecords

_log = logging.getLogger(__name__)


def pass_judgement(records: JobRecords, manifest: Manifest, card: Scorecard) -> None:
    """Keep and log the scorecard of a run after silver.

    Raises :class:`DataRejectedError` when its rows may not go on, having kept what was found out.
    """
    records.save_scorecard(manifest.job_id, manifest.run_id, card)
    for metric in card.metrics:
        level = logging.INFO if metric.status is Status.PASS else logging.WARNING
        _log.log(level, "quality metric", extra={"fields": asdict(metric)})
    error = refusal(manifest.ledger, card)
    if error is not None:
        records.save_failed_run(manifest)
        raise error


def remark_on(ledger: Ledger) -> str | None:
    """Return what a person should know of rows that may go on, None if there is nothing."""
    skipped = totals(ledger).skipped
    if not skipped:
        return None
    rows = "1 row was" if skipped == 1 else f"{skipped:,} rows were"
    return f"{rows} counted and kept as sent, under other columns than the dataset knows; the rejected rows say which."


def refusal(ledger: Ledger, card: Scorecard) -> DataRejectedError | None:
    """Return why rows of this ledger and scorecard may not go on, None if they may."""
    counts, wrong = totals(ledger), unbalanced(ledger)
    if wrong:
        return DataRejectedError(
            f"The rows of {', '.join(wrong)} do not add up: some were lost or counted twice.",
            code="ledger_unbalanced",
            advice="This is a fault of the program: tell the operator the job's id.",
            tables=wrong,
        )
    if not counts.read:
        return DataRejectedError("The files hold no row of this dataset.", code="no_good_rows")
    # Rows that were skipped were taken in all the same, only not read.
    if not counts.silver and not counts.skipped:
        return DataRejectedError(f"No row can be used, of {counts.read:,} read.", code="no_good_rows")
    if card.blocked_by:
        return DataRejectedError(
            f"Nothing is published, since too few rows are good: {', '.join(card.blocked_by)}.",
            code="below_quality_bar",
            advice="See the job's quality and its rejected rows, correct the file and upload it again.",
            figures=list(card.blocked_by),
        )
    return None
