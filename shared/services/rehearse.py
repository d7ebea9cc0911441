"""Says what a replay of a job would change, without changing anything: the rules are run in memory alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.datasets.catalogue import load_dataset
from shared.domain.job import ProcessingPath
from shared.errors import ConflictError
from shared.logs import job_logging, stage
from shared.services.journal import problem_of
from shared.services.judgement import refusal
from shared.services.replay import check_replayable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager

    import pyarrow as pa

    from shared.contracts.table import Table
    from shared.domain.job import Job, JobProblem
    from shared.domain.ledger import Ledger
    from shared.domain.scorecard import Scorecard
    from shared.errors import AppError
    from shared.services.journal import Journal
    from shared.services.medallion import Medallion
    from shared.services.outputs import Outputs
    from shared.services.overtaken import Overtaken
    from shared.services.records import JobRecords


@dataclass(frozen=True, slots=True)
class RuleChange:
    """How many rows of a table one rule would release, or newly reject."""

    table: str
    rule: str
    title: str
    column: str
    label: str
    outcome: str
    rows: int


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a replay would change. ``before`` is as the job was judged, empty if it was not; ``after`` as it would be.

    ``version`` is that of the present contract. ``refusal`` is why nothing of a replay would be published, if so.
    """

    job: Job
    version: int
    before: Ledger
    after: Ledger
    released: tuple[RuleChange, ...]
    newly_rejected: tuple[RuleChange, ...]
    refusal: JobProblem | None


@dataclass(frozen=True, slots=True)
class Rehearse:
    """The use case. It works inside of ``memory``, which gives back what it took."""

    journal: Journal
    records: JobRecords
    outputs: Outputs
    medallion: Medallion
    overtaken: Overtaken
    memory: Callable[[], AbstractContextManager[None]]

    def __call__(self, job_id: str) -> Rehearsal:
        """Judge the rows of a job by the present contract, and compare that with how they were judged.

        Raises :class:`NotFoundError` for an unknown job, :class:`ConflictError` for one that cannot be replayed or is
        too large for it, and what :class:`~shared.services.medallion.Medallion` raises.
        """
        job = self.journal.get(job_id)
        check_replayable(job)
        if job.processing_path is not ProcessingPath.SMALL_BATCH:
            raise ConflictError(
                f"Job {job_id} is too large for a dry run, which takes place in memory and is for small jobs alone.",
                code="too_large_to_rehearse",
                advice="Replay it without dry_run; what it loaded stays until the replay is published.",
                records=job.record_count,
            )
        contract = load_dataset(job.dataset).contract
        with job_logging(job_id), stage("rehearsed"), self.memory():
            after, judged, card = self.medallion.judge(job)
            account = self.records.account(job)
            known = self.outputs.read(account.quarantine if account else ())
            changes = [_changes(table, known.get(table.name), judged.get(table.name)) for table in contract.tables]
        return Rehearsal(
            job=job,
            version=contract.version,
            before=account.ledger if account else {},
            after=after,
            released=tuple(change for released, _ in changes for change in released),
            newly_rejected=tuple(change for _, rejected in changes for change in rejected),
            refusal=self._refusal(job, after, card),
        )

    def _refusal(self, job: Job, ledger: Ledger, card: Scorecard) -> JobProblem | None:
        error: AppError | None = refusal(ledger, card)
        if error is None:
            try:
                self.overtaken.refuse_replay(job)
            except ConflictError as conflict:
                error = conflict
        return problem_of(error) if error else None


def _changes(
    table: Table, before: pa.Table | None, after: pa.Table | None
) -> tuple[list[RuleChange], list[RuleChange]]:
    # The frame libraries are imported when they are needed, not on the way to the functions.
    from shared.quality.rule_changes import rule_changes  # noqa: PLC0415

    released, rejected = rule_changes(before, after)
    return _told(table, released), _told(table, rejected)


def _told(table: Table, counts: Iterable[dict[str, Any]]) -> list[RuleChange]:
    return [
        RuleChange(
            table=table.name,
            title=table.verdict(count["rule"]).title,
            label=table.columns[count["column"]].label if count["column"] in table.columns else count["column"],
            **count,
        )
        for count in counts
    ]
