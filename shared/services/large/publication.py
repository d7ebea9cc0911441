"""What Data Factory copies where when it publishes a run: tables, staging tables and pieces of SQL."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from shared.datasets.catalogue import load_dataset
from shared.domain.job import JobState
from shared.errors import ConflictError, NotFoundError
from shared.ports import Condition, Selection
from shared.services.large.departures import DEPARTURE
from shared.services.layout import staging_table
from shared.services.outputs import to_parquet
from shared.services.publish import earlier_jobs, mode_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from shared.datasets.catalogue import Dataset
    from shared.datasets.gold_table import GoldTable
    from shared.domain.job import Job
    from shared.domain.manifest import Manifest
    from shared.ports import Warehouse
    from shared.services.journal import Journal
    from shared.services.large.departures import Departures
    from shared.services.outputs import Outputs
    from shared.services.records import JobRecords

_ALL_ROWS = 2**31 - 1
# By which exports know their job.
_UPLOAD = "upload_id"


class Target(StrEnum):
    """Where gold goes."""

    OPERATIONAL = "operational"
    SYNAPSE = "synapse"


@dataclass(frozen=True, slots=True)
class TablePlan:
    """One table: where its Parquet lies, its staging table, and for Synapse a file without rows and pieces of SQL.

    ``columns`` and ``assignments`` list the columns, as they stand in INSERT and UPDATE; ``match`` compares the keys of
    the table and of its staging table ``s``, and ``replaced`` says which rows go.
    """

    table: str
    container: str
    folder: str
    staging_table: str
    empty_container: str = ""
    empty_folder: str = ""
    columns: str = ""
    assignments: str = ""
    match: str = ""
    replaced: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """The use case."""

    journal: Journal
    records: JobRecords
    outputs: Outputs
    warehouse: Warehouse
    departures: Departures

    def plan(self, job_id: str, run_id: str, target: Target) -> list[TablePlan]:
        """Return what is to be copied; nothing where the target has it, or must not have it.

        For the operational database the staging tables are made here, for Synapse what no run has written: aggregates
        as they stand now, and the rows that jobs sent later have left to a job. With ``DEPARTURE`` as run the rows of a
        deleted job go. Raises :class:`NotFoundError` for an unknown job, and :class:`ConflictError` when the run does
        not count.
        """
        if run_id == DEPARTURE:
            job = self.journal.get(job_id)
            is_due = job.state is JobState.DELETED and target is Target.SYNAPSE
            return list(self._out_of_synapse(job)) if is_due else []
        job, manifest = self.journal.get(job_id), self.records.manifest(job_id)
        if manifest is None or manifest.run_id != run_id:
            raise ConflictError(f"Run {run_id} of job {job_id} does not count.", code="claim_lost")
        if target is Target.OPERATIONAL:
            return [] if job.is_final else list(self._to_operational(job, manifest))
        return list(self._to_synapse(job, manifest)) if job.has_succeeded else []

    def copied(self, job_id: str, run_id: str, pipeline_run_id: str | None) -> Job:
        """Note that Synapse has a run, or a deleted job no more; may be repeated."""
        where = f"pipeline run {pipeline_run_id or 'unknown'}"
        is_departure = run_id == DEPARTURE
        note = f"Taken out of Synapse ({where})." if is_departure else f"Copied to Synapse ({run_id}, {where})."
        while (job := self.journal.get(job_id)).awaits_copy and is_departure == (job.state is JobState.DELETED):
            try:
                self.journal.record(job, job.state, note=note, awaits_copy=False)
            except ConflictError:
                continue
        self.outputs.clear_staging(job_id)
        if is_departure:
            self.departures.forget(job_id)
        return job

    def _to_operational(self, job: Job, manifest: Manifest) -> Iterator[TablePlan]:
        for table in load_dataset(job.dataset).gold:
            if not table.aggregate:
                staging = staging_table(manifest.run_id, table.name)
                self.warehouse.stage(staging, self._schema(manifest, table))
                container, prefix = self.outputs.layout.analytics(job, manifest.run_id)
                yield TablePlan(table.name, container, f"{prefix}{table.name}", staging)

    def _to_synapse(self, job: Job, manifest: Manifest) -> Iterator[TablePlan]:
        """Plan all tables. The staging tables are this plan's own: another may be carried out at the same time."""
        dataset, own = load_dataset(job.dataset), secrets.token_hex(4)
        departing = ", ".join(f"'{job_id}'" for job_id in (*earlier_jobs(self.journal.jobs, job), job.job_id))
        for table in dataset.gold:
            whole = table.aggregate or self._is_replaced_by(job, dataset, table, manifest)
            place, schema = self._content(job, manifest, table, whole=whole)
            replaced = "1 = 1" if whole else f'"_job_id" IN ({departing})'
            yield self._analytical(job, own, table.name, table.key, place, schema, replaced)

    def _out_of_synapse(self, job: Job) -> Iterator[TablePlan]:
        """Plan how the rows of a deleted job go: nothing takes their place, and aggregates become what they now are.

        What Synapse has of a job's exports knows it by its upload alone.
        """
        assert job.deletion is not None  # noqa: S101 - it is what makes it a deleted job
        gold, own = {table.name: table for table in load_dataset(job.dataset).gold}, secrets.token_hex(4)
        for name in sorted({*gold, *job.deletion.rows}):
            table = gold.get(name)
            whole = table is not None and table.aggregate
            try:
                rows = self.warehouse.read(name, Selection(limit=_ALL_ROWS if whole else 1))
            except NotFoundError:
                continue
            if not whole:
                rows = rows.slice(0, 0)
            if table is None:
                rows = rows.select([column for column in rows.column_names if not column.startswith("_")])
            owner = _UPLOAD if table is None else "_job_id"
            replaced = "1 = 1" if whole else f"{_quoted(owner)} = '{job.job_id}'"
            place = self._written(job, "rows", name, rows)
            yield self._analytical(job, own, name, table.key if table else (owner,), place, rows.schema, replaced)

    def _analytical(
        self,
        job: Job,
        own: str,
        name: str,
        key: Sequence[str],
        place: tuple[str, str],
        schema: pa.Schema,
        replaced: str,
    ) -> TablePlan:
        empty = self._written(job, "empty", name, schema.empty_table())
        return TablePlan(
            name,
            *place,
            f"stg_{own}_{name}",
            *empty,
            columns=", ".join(map(_quoted, schema.names)),
            assignments=", ".join(f"{_quoted(column)} = s.{_quoted(column)}" for column in schema.names),
            match=" AND ".join(f"{_quoted(name)}.{_quoted(column)} = s.{_quoted(column)}" for column in key),
            replaced=replaced,
        )

    def _is_replaced_by(self, job: Job, dataset: Dataset, table: GoldTable, manifest: Manifest) -> bool:
        """Tell whether a table is what a job has made it as a whole, and no job sent later has since."""
        last = self.warehouse.replacements().get(table.name)
        mode = mode_of(self.records.intake(job.job_id), dataset, table, manifest.ledger)
        return mode == "replace" and last is not None and last.job_id == job.job_id

    def _content(
        self, job: Job, manifest: Manifest, table: GoldTable, *, whole: bool
    ) -> tuple[tuple[str, str], pa.Schema]:
        """Return where the rows lie that the analytical warehouse is to have, and their columns.

        They are what the operational database has: the table as a whole, or the job's rows in it. Where that is the
        gold of the run they lie there; else jobs that were sent later have brought some too, and they are written down.
        """
        conditions = () if whole else (Condition("_job_id", "=", job.job_id),)
        held, brought = self._count(table, None if whole else job), manifest.gold_rows[table.name]
        if not table.aggregate and held == self._count(table, job) == brought:
            container, prefix = self.outputs.layout.analytics(job, manifest.run_id)
            return (container, f"{prefix}{table.name}"), self._schema(manifest, table)
        rows = self.warehouse.read(table.name, Selection(conditions=conditions, limit=_ALL_ROWS))
        return self._written(job, "rows", table.name, rows), rows.schema

    def _count(self, table: GoldTable, job: Job | None) -> int:
        """Return how many rows a table has, or how many of them are a job's."""
        sql = f"SELECT count(*) AS n FROM {_quoted(table.name)} WHERE "
        sql += '"_job_id" = :job' if job else "1 = 1"
        return int(self.warehouse.query(sql, {"job": job.job_id} if job else {})["n"][0].as_py())

    def _schema(self, manifest: Manifest, table: GoldTable) -> pa.Schema:
        return self.outputs.schema(next(file for file in manifest.gold if file.table == table.name))

    def _written(self, job: Job, kind: str, table: str, rows: pa.Table) -> tuple[str, str]:
        container, prefix = self.outputs.layout.publication(job.job_id, kind, table)
        self.outputs.blobs.put(container, f"{prefix}part-00000.parquet", to_parquet(rows))
        return container, prefix.rstrip("/")


def _quoted(name: str) -> str:
    """Return an identifier quoted as both Synapse and the local warehouse take it."""
    return '"' + name.replace('"', '""') + '"'
