"""Files dropped in folders of the landing container without a request: which of them make a job, and when."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime  # noqa: TC003 - the annotations are read when a note is decoded
from typing import TYPE_CHECKING

import msgspec

from shared.datasets.catalogue import load_dataset
from shared.domain.intake import Intake
from shared.domain.job import JobFile, JobState, new_job_id
from shared.errors import InvalidRequestError, NotFoundError, UnreadableFileError
from shared.logs import job_logging
from shared.readers.feeds import table_of
from shared.services.layout import base_name, batch_folder, batch_of
from shared.services.notes import read_note

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import timedelta

    from shared.contracts.model import Contract
    from shared.ports import BlobInfo, BlobStore, Clock, JobStore
    from shared.services.dispatch import Dispatch
    from shared.services.expect import Expect
    from shared.services.records import JobRecords

#: Who jobs belong to that nobody asked for.
INBOX_USER = "inbox"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """A note in storage: the job that gathers what is dropped in a folder, and since when."""

    job_id: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Inbox:
    """Gathers the files of a batch.

    The note of the open batch is written by whoever comes first, so that all files find the same job. It is deleted
    once the job has its files and they have left the folder; what is dropped there later opens the batch anew.
    """

    blobs: BlobStore
    jobs: JobStore
    records: JobRecords
    expect: Expect
    dispatch: Dispatch
    clock: Clock
    patience: timedelta

    def arrive(self, dataset: str, batch: str, file: BlobInfo) -> None:
        """Have the job of a batch look at a file that was dropped; may be repeated."""
        folder = batch_folder(dataset, batch)
        while True:
            note = self._open(folder)
            with job_logging(note.job_id):
                job = self.jobs.get(note.job_id)
                if job is None:
                    job = self.expect.make_job(self._intake(note, dataset, batch))
                    self.dispatch.send_intake(job, self.patience)
                if job.state is JobState.AWAITING_FILE or self.records.intake(job.job_id).arrived:
                    # It takes the file in, or it has its files and makes way for the next.
                    self.dispatch.send_intake(job)
                    return
                # Storage knows the second in which a file came, and no less.
                if file.modified < job.updated_at.replace(microsecond=0):
                    _log.info("the job of this batch has ended without its files; they stay where they are")
                    return
                self._forget(folder, note.job_id)

    def settle(self, intake: Intake) -> Intake | None:
        """Return an intake with the files that make its job, or None while the batch waits for more of them.

        It waits for none where any file feeds all tables, or when its time is over. Whatever is settled first stands.
        """
        files = self.records.batch_files(intake.job_id)
        if files is None:
            found = self.dropped(intake)
            if not found or not (self._is_over(intake) or self._is_complete(intake.dataset, found)):
                return None
            files = self.records.claim_batch_files(intake.job_id, found)
        return replace(intake, files=files)

    def close(self, intake: Intake) -> None:
        """Let what is dropped from now on, or has been meanwhile, make another job than this one; may be repeated."""
        folder = _folder(intake)
        self._forget(folder, intake.job_id)
        for file in self.blobs.scan(self.records.layout.landing, folder):
            if place := batch_of(file.path):
                self.arrive(*place, file)

    def dropped(self, intake: Intake) -> tuple[JobFile, ...]:
        """Return the files that lie in the folder of a batch."""
        landing = self.records.layout.landing
        paths = [file.path for file in self.blobs.scan(landing, _folder(intake)) if batch_of(file.path)]
        return tuple(JobFile(base_name(path) or "file", path, None, None, container=landing) for path in paths)

    def _open(self, folder: str) -> OpenBatch:
        """Return the note of an open batch, written now unless it is open already."""
        now = self.clock.now()
        fresh, place = OpenBatch(new_job_id(now), now), self.records.layout.open_batch(folder)
        while not self.blobs.put_new(*place, msgspec.json.encode(fresh)):
            note = self._read(place)
            if note is not None:
                return note
        return fresh

    def _forget(self, folder: str, job_id: str) -> None:
        """Delete the note of an open batch if it is this job's."""
        place = self.records.layout.open_batch(folder)
        found, note = self.blobs.stat(*place), self._read(place)
        if found is not None and note is not None and note.job_id == job_id:
            self.blobs.delete(*place, found.etag)

    def _read(self, place: tuple[str, str]) -> OpenBatch | None:
        return read_note(self.blobs, place, OpenBatch)

    def _intake(self, note: OpenBatch, dataset: str, batch: str) -> Intake:
        return Intake(
            job_id=note.job_id,
            parent_job_id=note.job_id,
            user_id=INBOX_USER,
            dataset=dataset,
            contract_version=0,
            as_of=note.opened_at,
            content_key="",
            created_at=note.opened_at,
            files=(),
            job_name=batch,
            deadline=note.opened_at + self.patience,
            batch=batch,
        )

    def _is_over(self, intake: Intake) -> bool:
        return intake.deadline is not None and self.clock.now() >= intake.deadline

    def _is_complete(self, dataset: str, files: tuple[JobFile, ...]) -> bool:
        """Tell whether each table has a file; a dataset that nobody knows has nothing to wait for."""
        try:
            contract = load_dataset(dataset).contract
        except NotFoundError:
            return True
        return not missing_tables(contract, {self._table(contract, file) for file in files})

    def _table(self, contract: Contract, file: JobFile) -> str | None:
        """Return the table that a file feeds, empty where it is of none or cannot be read: its job will say so."""
        with self.blobs.open(*self.records.layout.place(file)) as stream:
            try:
                return table_of(contract, file.filename, None, stream)
            except (InvalidRequestError, UnreadableFileError):
                return ""


def _folder(intake: Intake) -> str:
    assert intake.batch is not None  # noqa: S101 - only jobs of the inbox come here
    return batch_folder(intake.dataset, intake.batch)


def missing_tables(contract: Contract, tables: Collection[str | None]) -> list[str]:
    """Return the tables for which none of a batch's files has come, by the tables that these feed.

    None feeds all tables, or is an archive that feeds several. A dataset that reads files by itself has no use for
    several: what it does not read by itself stands alone as well.
    """
    if None in tables or contract.own:
        return []
    return [table.name for table in contract.tables if table.name not in tables]
