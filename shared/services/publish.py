"""Brings the gold of a manifest into the warehouse and ends the job; every step may be repeated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from shared.datasets.catalogue import load_dataset
from shared.domain.job import JobState, ProcessingPath
from shared.domain.ledger import totals
from shared.errors import AppError, ConflictError, UnavailableError
from shared.logs import stage
from shared.ports import StagedRows, TableLoad, WarehouseLoad
from shared.services.journal import problem_of
from shared.services.layout import staging_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from shared.datasets.catalogue import Dataset
    from shared.datasets.gold_table import GoldTable
    from shared.domain.intake import Intake
    from shared.domain.job import Job
    from shared.domain.ledger import Ledger
    from shared.domain.manifest import Manifest
    from shared.ports import JobStore, Warehouse
    from shared.services.answers import Answers
    from shared.services.export import Export
    from shared.services.journal import Journal, Run
    from shared.services.outputs import Outputs
    from shared.services.records import JobRecords

_SERVER_ERROR = 500
_STAYS = frozenset({JobState.SUPERSEDED, JobState.DELETING, JobState.DELETED})


@dataclass(frozen=True, slots=True)
class Publish:
    """The last part of a job: from ``gold`` to its end."""

    journal: Journal
    records: JobRecords
    outputs: Outputs
    warehouse: Warehouse
    answers: Answers
    export: Export

    def __call__(self, run: Run, manifest: Manifest, gold: Mapping[str, pa.Table] | None = None) -> None:
        """Load a manifest's gold (read from storage unless given), ask the dataset's queries, export and end the job.

        While the warehouse does not answer, the job waits in ``gold`` with the reason. A job whose content another job
        has taken over and published ends as superseded. Rows that jobs sent later have brought too, or have replaced,
        stay theirs. Raises :class:`OvertakenError` when a stop was asked for; from here on it is too late for that.
        """
        job = run.job
        if not job.publishing:
            run.touch(publishing=True)
        earlier = earlier_jobs(self.journal.jobs, job)
        try:
            with stage("published") as watch:
                load = self._load(job, manifest, gold, earlier)
                loaded = self.warehouse.load(load)
                self.answers.keep(job, manifest.run_id)
        except UnavailableError as error:
            self._wait(run, error, publishing=job.publishing)
            return
        except ConflictError as error:
            if error.code != "superseded":
                raise
            run.record(JobState.SUPERSEDED, superseded_by=error.details["by"], run_id=manifest.run_id)
            self.outputs.keep_only(job, manifest.run_id)
            return
        run.record(JobState.PUBLISHED, ms=watch.ms, note=_overtaken(load, loaded, manifest.gold_rows))
        with stage("succeeded") as watch:
            note = self._export(job, manifest)
            for job_id in earlier:
                self._supersede(job_id, job.job_id)
            self.outputs.keep_only(job, manifest.run_id)
            if job.processing_path is ProcessingPath.LARGE_BATCH:
                self.outputs.clear_staging(job.job_id)
        rejected = totals(manifest.ledger).quarantined
        state = JobState.SUCCEEDED_WITH_REJECTS if rejected else JobState.SUCCEEDED
        run.record(state, ms=watch.ms, note=note, run_id=manifest.run_id, problem=None, awaits_copy=True)

    def _export(self, job: Job, manifest: Manifest) -> str | None:
        """Make what the job hands out; where its files are not there any more, say so: its rows are loaded by now."""
        try:
            self.export.write(job, manifest)
        except AppError as error:
            if error.status >= _SERVER_ERROR:
                raise
            return f"Not all exports could be made. {error.message}"
        return None

    def _load(
        self, job: Job, manifest: Manifest, gold: Mapping[str, pa.Table] | None, earlier: tuple[str, ...]
    ) -> WarehouseLoad:
        # The frame libraries are imported by the first job, not on the way to the functions.
        from shared.medallion.context import Lineage  # noqa: PLC0415
        from shared.medallion.gold import aggregate_tables  # noqa: PLC0415

        dataset, intake = load_dataset(job.dataset), self.records.intake(job.job_id)
        own = [table for table in dataset.gold if not table.aggregate]
        rows = gold or {table.name: self._stored(job, manifest, table.name) for table in own}
        return WarehouseLoad(
            job_id=job.job_id,
            run_id=manifest.run_id,
            user_id=job.user_id,
            loaded_at=manifest.loaded_at,
            tables=(
                *(
                    TableLoad(table.name, table.key, mode_of(intake, dataset, table, manifest.ledger), rows[table.name])
                    for table in own
                ),
                *self.export.tables(job, manifest),
            ),
            aggregates=aggregate_tables(dataset, Lineage(job.job_id, job.user_id, manifest.loaded_at)),
            views=dataset.views,
            supersedes=earlier,
            order=intake.order,
        )

    def _stored(self, job: Job, manifest: Manifest, table: str) -> pa.RecordBatchReader | StagedRows:
        """Return the rows of a table as they lie in storage, or in the warehouse where all of them were copied."""
        staged = staging_table(manifest.run_id, table)
        is_large = job.processing_path is ProcessingPath.LARGE_BATCH
        if is_large and self.warehouse.staged(staged) == manifest.gold_rows[table]:
            return StagedRows(staged)
        return self.outputs.stream([file for file in manifest.gold if file.table == table])

    def _wait(self, run: Run, error: UnavailableError, *, publishing: bool) -> None:
        """Leave the job in gold with the reason; said once, however often it is tried.

        ``publishing`` tells whether an earlier try may have loaded the rows and died before it could say so.
        """
        problem = problem_of(error)
        if run.job.problem != problem or run.job.state is not JobState.GOLD:
            note = "Waits for the warehouse; it is published by the next sweep or a retry."
            run.record(JobState.GOLD, note=note, problem=problem, publishing=publishing)
        else:
            run.touch(publishing=publishing)

    def _supersede(self, job_id: str, by: str) -> None:
        """End an earlier job of the same content; its rows in the warehouse have gone with the load."""
        while (job := self.journal.jobs.get(job_id)) is not None and job.state not in _STAYS:
            try:
                self.journal.record(job, JobState.SUPERSEDED, note=f"Job {by} took its place.", superseded_by=by)
            except ConflictError:
                continue


def _overtaken(load: WarehouseLoad, loaded: Mapping[str, int], gold_rows: Mapping[str, int]) -> str | None:
    """Say how many rows of gold the warehouse does not have of this job."""
    missing = {table.name: gold_rows.get(table.name, loaded[table.name]) - loaded[table.name] for table in load.tables}
    told = ", ".join(f"{rows:,} of {table}" for table, rows in missing.items() if rows)
    return f"Rows that jobs sent later have brought or replaced were left as they are: {told}." if told else None


def earlier_jobs(jobs: JobStore, job: Job) -> tuple[str, ...]:
    """Return the jobs whose place a job takes: those that had its content, and the one that it replays."""
    holders = jobs.content_holders(job.content_key)
    earlier = holders[: holders.index(job.job_id)] if job.job_id in holders else ()
    if job.replay_of is None or job.replay_of in earlier:
        return earlier
    # It ran under another version of the contract, and so was known by another key.
    return (job.replay_of, *earlier)


def mode_of(intake: Intake, dataset: Dataset, gold: GoldTable, ledger: Ledger) -> Literal["upsert", "replace"]:
    """Return what a gold table's rows do to those before.

    A table of which no good row came does not replace any.
    """
    if not intake.replaces:
        return "upsert"
    made_of = [table for table in dataset.contract.tables if table.name in gold.inputs]
    replaces = all(table.load == "replace" for table in made_of) and any(ledger[table.name].silver for table in made_of)
    return "replace" if replaces else "upsert"
