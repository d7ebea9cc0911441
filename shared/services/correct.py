"""Takes a corrected rejection workbook back: the rows that were changed become a job of their own."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.datasets.catalogue import load_dataset
from shared.domain.ledger import totals
from shared.domain.order import order_of
from shared.errors import ConflictError
from shared.ports import JobFilter
from shared.services.receive import JobRequest, Upload

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.domain.job import Job
    from shared.ports import BlobStore
    from shared.services.journal import Journal
    from shared.services.overtaken import Overtaken
    from shared.services.receive import Receipt, Receive
    from shared.services.records import JobRecords
    from shared.services.rejected import Rejected


@dataclass(frozen=True, slots=True)
class Correction:
    """What became of a workbook: its job, None where no row was changed.

    ``along`` are rows that were rejected only because they refer to a row that was changed, and are processed with it.
    """

    receipt: Receipt | None
    changed: int
    along: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Correct:
    """The use case.

    The changed rows are written as files of the form in which they first came, so a correction is a job like any other.
    The same corrections again are the same job.
    """

    blobs: BlobStore
    journal: Journal
    records: JobRecords
    rejected: Rejected
    receive: Receive
    overtaken: Overtaken

    def __call__(self, job_id: str, workbook: Upload) -> Correction:
        """Process the rows that were changed of the rejection workbook of a job, or of one that it replays.

        Raises :class:`NotFoundError` for an unknown job, :class:`ConflictError` for one that cannot be corrected, is
        not the workbook's, or whose rows a later job has replaced, :class:`GoneError`, and :class:`CorrectionsError`
        for a workbook that is not clear.
        """
        # The frame libraries are imported when they are needed, not on the way to the functions.
        from shared.quality.corrected_files import corrected_files  # noqa: PLC0415
        from shared.quality.corrections import find_corrections  # noqa: PLC0415
        from shared.quality.rejection_workbook import MOST_ROWS  # noqa: PLC0415
        from shared.quality.returned_workbook import returned_rows  # noqa: PLC0415

        job = self.journal.get(job_id)
        self._refuse_uncorrectable(job)
        returned = returned_rows(workbook.stream, workbook.filename, job_id, self._replayed(job))
        contract = load_dataset(job.dataset).contract
        sheets, _ = self.rejected.sheets(job, MOST_ROWS)
        found = find_corrections(contract, sheets, returned)
        if not found.rows:
            return Correction(None, 0, 0, found.unchanged)
        self.overtaken.refuse_correction(job, {table for table, _ in found.rows})
        files = corrected_files(sheets, found.rows, nested=contract.files == "all_tables")
        request = JobRequest(
            user_id=job.user_id,
            dataset=job.dataset,
            uploads=tuple(Upload(file.filename, io.BytesIO(file.data), file.table) for file in files),
            as_of=job.as_of,
            job_name=job.job_name,
            parent_job_id=job.parent_job_id,
            corrects=job_id,
            builds_on=self._published_before(job),
            order=order_of(self.journal.clock.now(), corrects=self.records.intake(job_id).order),
        )
        receipt = self.receive(request)
        workbook.stream.seek(0)
        self.blobs.put(*self.records.layout.returned_workbook(receipt.job), workbook.stream)
        return Correction(receipt, found.changed, found.along, found.unchanged)

    def _refuse_uncorrectable(self, job: Job) -> None:
        """Refuse a job to whose rows others cannot be added: its own are not those that count, or not there at all."""
        if job.has_succeeded or job.deletion is not None:
            return
        account = self.records.account(job)
        if job.is_final and job.superseded_by is None and account is not None and not totals(account.ledger).silver:
            return
        by = f" by job {job.superseded_by}" if job.superseded_by else ""
        raise ConflictError(
            f"Job {job.job_id} is {job.state.value}{by}: rows cannot be added to it.",
            code="not_correctable",
            advice="Correct the job that took its place, wait until this one has ended, or send the whole file mended.",
            state=job.state.value,
            by=job.superseded_by,
        )

    def _replayed(self, job: Job) -> list[str]:
        """Return the jobs whose files a job runs once more; their workbooks may be out while it takes their place."""
        replayed = []
        while job.replay_of is not None:
            job = self.journal.get(job.replay_of)
            replayed.append(job.job_id)
        return replayed

    def _published_before(self, job: Job) -> tuple[str, ...]:
        """Return the jobs, oldest first, that have published rows of the same files: the first and its corrections."""
        group = {job.job_id: job}
        group |= {each.job_id: each for each in self.journal.each(JobFilter(parent_job_id=job.parent_job_id))}
        family = _first(job, group)
        published = [each for each in group.values() if each.has_succeeded and _first(each, group) == family]
        return tuple(each.job_id for each in sorted(published, key=lambda each: each.created_at))


def _first(job: Job, group: Mapping[str, Job]) -> str:
    """Return the job in which the files of a correction, or of a replay, were first sent."""
    while (before := group.get(job.corrects or job.replay_of or "")) is not None:
        job = before
    return job.job_id
