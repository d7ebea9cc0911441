"""What can be asked about jobs: where they stand, what they produced, and which rows they rejected."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.datasets.catalogue import load_dataset
from shared.domain.routing import next_due
from shared.domain.verdicts import REJECTING
from shared.errors import GoneError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, timedelta

    import pyarrow as pa

    from shared.contracts.table import Table
    from shared.domain.job import Job, JobFile, TimelineEvent
    from shared.domain.ledger import Ledger
    from shared.domain.manifest import Manifest
    from shared.domain.routing import Routing
    from shared.domain.scorecard import Scorecard
    from shared.domain.verdicts import Outcome, Severity
    from shared.ports import Clock, JobFilter, JobStore
    from shared.services.large.holdings import Holdings
    from shared.services.outputs import Outputs
    from shared.services.records import JobRecords

_JOBS_AT_A_TIME = 8


@dataclass(frozen=True, slots=True)
class JobView:
    """All that is known of a job; ledger and gold are empty until they exist.

    ``expected_start`` is when the large path is due next, for a job that waits for it, also because whoever had taken
    it up was not heard of for too long.
    """

    job: Job
    routing: Routing | None
    files: tuple[JobFile, ...]
    ledger: Ledger
    gold_rows: dict[str, int]
    timeline: list[TimelineEvent]
    expected_start: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that did not go on as it came, and why, in words for a person.

    ``also_failed`` lists further rules it breaks as ``column:rule``; ``repeats`` names file and row of the one
    that a duplicate repeats.
    """

    table: str
    file: str
    row: int
    outcome: str
    column: str | None
    label: str | None
    rule: str | None
    title: str | None
    severity: Severity | None
    value: str | None
    message: str
    how_to_fix: str | None
    key: str | None
    also_failed: list[str]
    repeats: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class JobBrowser:
    """The use case; ``large_path_every`` is how often the large path is due."""

    jobs: JobStore
    records: JobRecords
    outputs: Outputs
    holdings: Holdings
    clock: Clock
    large_path_every: timedelta

    def get(self, job_id: str) -> JobView:
        """Return a job; raises :class:`NotFoundError`."""
        return self._view(self._job(job_id))

    def find(self, wanted: JobFilter, limit: int, token: str | None = None) -> tuple[list[JobView], str | None]:
        """Return a page of jobs, newest first, and the token of the next page."""
        page = self.jobs.find(wanted, limit, token)
        with ThreadPoolExecutor(_JOBS_AT_A_TIME) as pool:
            return list(pool.map(self._view, page.jobs)), page.next_token

    def rejects(
        self,
        job_id: str,
        table: str | None = None,
        rule: str | None = None,
        outcome: Outcome | None = None,
        *,
        limit: int = 1_000,
        offset: int = 0,
    ) -> list[Reject]:
        """Return rejected rows, in the order of tables and rows.

        Without an outcome these are the quarantined, the duplicate and the skipped; findings about rows that were
        kept (``repaired``, ``nulled``, ``flagged``) are given when asked for. Raises :class:`NotFoundError` for an
        unknown job or table, and :class:`GoneError` for a job that was deleted.
        """
        job = self._job(job_id)
        if job.deletion is not None:
            raise GoneError(f"Job {job_id} was deleted, and its rejected rows with it.", code="job_deleted")
        account = self.records.account(job)
        if account is None:
            # Its rows were not judged yet; a job of dropped files need not even have a dataset.
            return []
        contract = load_dataset(job.dataset).contract
        tables = {one.name: one for one in contract.tables}
        if table is not None and table not in tables:
            raise NotFoundError(f"There is no table {table!r}.", code="unknown_table", known=list(tables))
        found: list[Reject] = []
        for name, rows in self._verdicts(account, table):
            wanted = _matching(rows, rule, outcome)
            part = wanted.slice(offset, limit - len(found))
            offset = max(offset - wanted.num_rows, 0)
            found += [reject_of(row, tables[name]) for row in part.to_pylist()]
            if len(found) >= limit:
                break
        return found

    def quality(self, job_id: str) -> Scorecard:
        """Return the scorecard of a job, also of one that failed by it.

        Raises :class:`NotFoundError` for an unknown job, or one whose rows were not judged, and :class:`GoneError` for
        a job that was deleted.
        """
        job = self._job(job_id)
        if job.deletion is not None:
            raise GoneError(f"Job {job_id} was deleted, and its scorecard with it.", code="job_deleted")
        account = self.records.account(job)
        card = self.records.scorecard(job_id, account.run_id) if account else None
        if card is None:
            raise NotFoundError(
                f"The rows of job {job_id} have not been judged.",
                code="not_judged",
                advice="Follow the job's state: its rows are judged before it reaches silver.",
            )
        return card

    def _job(self, job_id: str) -> Job:
        job = self.jobs.get(job_id)
        if job is None:
            raise NotFoundError(f"There is no job {job_id!r}.", code="unknown_job")
        return job

    def _view(self, job: Job) -> JobView:
        intake, account = self.records.intake(job.job_id), self.records.account(job)
        return JobView(
            job=job,
            routing=intake.routing,
            files=intake.files,
            ledger=account.ledger if account else {},
            gold_rows=account.gold_rows if account else {},
            timeline=self.jobs.events(job.job_id),
            expected_start=next_due(self.clock.now(), self.large_path_every) if self.holdings.is_free(job) else None,
        )

    def _verdicts(self, account: Manifest, table: str | None) -> Iterator[tuple[str, pa.Table]]:
        for file in account.quarantine:
            if table in {None, file.table}:
                yield from self.outputs.read([file]).items()


def _matching(rows: pa.Table, rule: str | None, outcome: Outcome | None) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415 - heavy, and not needed on the way to the functions
    import pyarrow.compute as pc  # noqa: PLC0415

    wanted = [one.value for one in ((outcome,) if outcome else REJECTING)]
    mask = pc.is_in(rows["outcome"], pa.array(wanted, pa.string()))
    if rule is not None:
        mask = pc.and_(mask, pc.equal(rows["rule"], rule))
    return rows.filter(mask)


def reject_of(row: dict[str, Any], table: Table) -> Reject:
    """Return a row of a job's verdicts on a table in words for a person."""
    column, verdict = table.columns.get(row["column"]), table.verdict(row["rule"])
    own = f"{row['column']}:{row['rule']}"
    also = [one for one in (row["also"] or "").split(",") if one and one != own]
    repeats = {"file": row["repeats_file"], "row": row["repeats_row_no"]} if row["repeats_file"] else None
    return Reject(
        table=table.name,
        file=row["_file"],
        row=row["_row_no"],
        outcome=row["outcome"],
        column=row["column"],
        label=column.label if column else None,
        rule=row["rule"],
        title=verdict.title,
        severity=verdict.severity,
        value=row["value"],
        message=row["message"],
        how_to_fix=verdict.how_to_fix,
        key=row["key"],
        also_failed=also,
        repeats=repeats,
    )
