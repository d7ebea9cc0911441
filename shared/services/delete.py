"""Removes what a job has brought, and leaves a tombstone that says so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shared.datasets.catalogue import load_dataset
from shared.domain.deletion import Deletion
from shared.domain.job import JobState
from shared.errors import ConflictError, NotFoundError
from shared.logs import job_logging, stage

if TYPE_CHECKING:
    from shared.domain.job import Job
    from shared.ports import AggregateTable, Warehouse
    from shared.services.journal import Journal
    from shared.services.large.departures import Departures
    from shared.services.leftovers import Leftovers
    from shared.services.records import JobRecords


@dataclass(frozen=True, slots=True)
class Delete:
    """The use case.

    A job is first marked as being deleted, so that nobody takes it up any more. Every step after that may be repeated,
    and ends in the same tombstone: files are counted with the mark, rows in the transaction that deletes them.
    """

    journal: Journal
    records: JobRecords
    leftovers: Leftovers
    warehouse: Warehouse
    departures: Departures

    def __call__(self, job_id: str, by: str, *, bronze: bool = False) -> Job:
        """Delete a job that has ended, with ``bronze`` also its files as they were sent; may be repeated.

        Raises :class:`NotFoundError` for an unknown job, :class:`ConflictError` for one that has not ended, and
        :class:`UnavailableError` while the warehouse does not answer; the job is then deleted later.
        """
        with job_logging(job_id):
            job = self._marked(job_id, by, bronze=bronze)
            return self.finish(job) if job.state is JobState.DELETING else job

    def finish(self, job: Job) -> Job:
        """Delete what belongs to a job that is marked, and end it as deleted."""
        deletion = job.deletion
        assert deletion is not None  # noqa: S101 - it is what the mark consists of
        with stage("deleted") as watch:
            self._release_content(job)
            rows = self.warehouse.forget(job.job_id, _aggregates(job.dataset, deletion))
            self.leftovers.erase(job, bronze=deletion.bronze)
            if job.publishing:
                self.departures.add(job.job_id)
        note, done = f"Deleted by {deletion.by}.", replace(deletion, rows=rows)
        try:
            return self.journal.record(
                job, JobState.DELETED, ms=watch.ms, note=note, deletion=done, awaits_copy=job.publishing
            )
        except ConflictError:
            # Somebody else has finished it, or is about to with more to delete.
            return self.journal.get(job.job_id)

    def _marked(self, job_id: str, by: str, *, bronze: bool) -> Job:
        while True:
            job = self.journal.get(job_id)
            if not job.is_final:
                raise ConflictError(
                    f"Job {job_id} is {job.state.value} and has not ended.",
                    code="not_deletable",
                    advice="Stop it first, or wait until it has ended.",
                    state=job.state.value,
                )
            known = job.deletion
            if known is not None and (known.bronze or not bronze):
                return job
            files = self.leftovers.count(job, bronze=bronze)
            if known is None:
                deletion = Deletion(by, self.journal.clock.now(), bronze, files)
            else:
                deletion = replace(known, bronze=True, files=files | known.files)
            try:
                return self.journal.record(
                    job, JobState.DELETING, note=f"{by} asked to delete it.", deletion=deletion, problem=None
                )
            except ConflictError:
                continue

    def _release_content(self, job: Job) -> None:
        """Let the same content make a new job; jobs whose place this one had taken do not stand for it any more."""
        jobs, key = self.journal.jobs, self.records.intake(job.job_id).content_key
        for holder in jobs.content_holders(key) if key else ():
            known = jobs.get(holder)
            if known is not None and (holder == job.job_id or known.state is JobState.SUPERSEDED):
                jobs.release_content(key, holder)


def _aggregates(dataset: str, deletion: Deletion) -> tuple[AggregateTable, ...]:
    # The frame libraries are imported when they are needed, not on the way to the functions.
    from shared.medallion.context import Lineage  # noqa: PLC0415
    from shared.medallion.gold import aggregate_tables  # noqa: PLC0415

    try:
        known = load_dataset(dataset)
    except NotFoundError:
        # Dropped files may be of none; then there is nothing to compute anew.
        return ()
    return aggregate_tables(known, Lineage(None, deletion.by, deletion.at))
