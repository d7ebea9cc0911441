"""Takes in files that came to storage without a request: reads each once, claims the content, sends the job on its way.

Every step may be repeated. Files are copied to bronze before they are read, so that what was read cannot change any
more, and leave the landing container last.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from shared.datasets.catalogue import load_dataset
from shared.domain.content import content_key
from shared.domain.job import JobState
from shared.domain.order import order_of
from shared.errors import AppError, ConflictError
from shared.logs import job_logging, stage
from shared.services.arrivals import arrived
from shared.services.claim import claim
from shared.services.count import counted
from shared.services.inbox import missing_tables
from shared.services.job_files import open_files
from shared.services.journal import problem_of
from shared.services.layout import bronze_paths

if TYPE_CHECKING:
    from shared.contracts.model import Contract
    from shared.domain.intake import Intake
    from shared.domain.job import Job
    from shared.ports import BlobStore
    from shared.services.dispatch import Dispatch
    from shared.services.inbox import Inbox
    from shared.services.journal import Journal
    from shared.services.records import JobRecords

_SERVER_ERROR = 500
_MEANWHILE = frozenset({"blob_changed", "no_such_blob"})
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TakeIn:
    """The use case."""

    blobs: BlobStore
    journal: Journal
    records: JobRecords
    dispatch: Dispatch
    inbox: Inbox
    threshold: int

    def __call__(self, job_id: str) -> None:
        """Take in the files of a job, if it waits for some and all are there.

        What the files are to blame for ends the job. Anything else is raised, so that the message comes again.
        """
        with job_logging(job_id):
            job = self.journal.jobs.get(job_id)
            if job is not None and job.state is JobState.AWAITING_FILE:
                job = self._take_in(job)
            if job is None or job.state is JobState.AWAITING_FILE:
                _log.info("there is nothing to take in")
                return
            intake = self.records.intake(job_id)
            if job.state is JobState.RECEIVED:
                self.dispatch(job, intake)
            self._clear(job, intake)

    def _take_in(self, job: Job) -> Job | None:
        """Return the job after its files were read, or None while some have not come."""
        intake: Intake | None = self.records.intake(job.job_id)
        if intake is not None and intake.batch is not None and not intake.files:
            intake = self.inbox.settle(intake)
        if intake is None:
            return None
        found, missing = arrived(intake.files, self.blobs, self.records.layout)
        if missing:
            return None
        landing = self.records.layout.landing
        own = [file for file in intake.files if file.container == landing]
        intake = replace(intake, arrived=tuple((file.blob, found[file.blob]) for file in own) or intake.arrived)
        try:
            return self._read(job, self._moved(intake))
        except AppError as error:
            if error.status >= _SERVER_ERROR or error.code in _MEANWHILE:
                self._note_try(job, error)
                raise
            _log.warning("the files cannot be taken in", extra={"fields": {"code": error.code}})
            return self._record(job, self._in_bronze(intake), JobState.FAILED, problem=problem_of(error))
        except Exception as error:
            self._note_try(job, error)
            raise

    def _moved(self, intake: Intake) -> Intake:
        """Copy what has landed to bronze; what is there already stays, since it may have been read."""
        moved = self._in_bronze(intake)
        etags, layout = dict(intake.arrived), self.records.layout
        for file, target in zip(intake.files, moved.files, strict=True):
            if file != target:
                self.blobs.copy(layout.place(file), layout.place(target), etags[file.blob])
        return moved

    def _in_bronze(self, intake: Intake) -> Intake:
        """Return an intake whose files lie in bronze; what belongs to others stays where it is."""
        names = [file.filename for file in intake.files]
        paths = bronze_paths(intake.user_id, intake.parent_job_id, intake.job_id, names)
        files = tuple(
            replace(file, container=None, blob=path) if file.container == self.records.layout.landing else file
            for file, path in zip(intake.files, paths, strict=True)
        )
        return replace(intake, files=files)

    def _read(self, job: Job, intake: Intake) -> Job:
        """Count the files and claim their content; end the job if another has it."""
        dataset = load_dataset(intake.dataset)
        with stage("received") as watch:
            contents = counted(dataset, intake.files, open_files(self.blobs, self.records.layout, intake.files))
            key = content_key(
                contents.files,
                dataset=intake.dataset,
                version=dataset.contract.version,
                user_id=intake.user_id,
                as_of=intake.as_of if intake.as_of_given else None,
            )
            holders, other = claim(self.journal.jobs, key, job.job_id, take_over=intake.force)
            if other is None and holders[-1] != job.job_id:
                # Whoever claimed it died before it made its job.
                holders, other = claim(self.journal.jobs, key, job.job_id, take_over=True)
        order, version = order_of(self.journal.clock.now()), dataset.contract.version
        intake = replace(contents.decide(intake, self.threshold), contract_version=version, order=order)
        remarks = _remarks(dataset.contract, intake)
        if other is not None:
            note = " ".join(filter(None, (f"Job {other.job_id} has the same files already.", remarks)))
            learnt = intake.learnt()
            return self._record(job, intake, JobState.SUPERSEDED, note=note, superseded_by=other.job_id, **learnt)
        intake = replace(intake, content_key=key, supersedes=holders[-2] if len(holders) > 1 else None)
        return self._record(job, intake, JobState.RECEIVED, ms=watch.ms, note=remarks, **intake.learnt())

    def _clear(self, job: Job, intake: Intake) -> None:
        """Clear away what has landed, and what was copied of content that another job has."""
        if job.state is JobState.SUPERSEDED and not intake.content_key:
            for file in intake.files:
                if file.container is None:
                    self.blobs.delete(*self.records.layout.place(file))
        for path, etag in intake.arrived:
            self.blobs.delete(self.records.layout.landing, path, etag)
        if intake.arrived and intake.batch is not None:
            self.inbox.close(intake)

    def _record(self, job: Job, intake: Intake, state: JobState, **changes: Any) -> Job:
        self.records.save_intake(intake)
        try:
            return self.journal.record(job, state, **{"problem": None, **changes})
        except ConflictError:
            # Somebody else has taken the same files in, or has ended the job.
            return self.journal.get(job.job_id)

    def _note_try(self, job: Job, error: Exception) -> None:
        """Keep with the job why a try failed; the next may succeed, and after the last this is the reason."""
        note = f"A try failed ({type(error).__name__}); the message comes again."
        try:
            self.journal.record(job, job.state, note=note, problem=problem_of(error))
        except AppError:
            _log.warning("the failed try could not be noted with the job")


def _remarks(contract: Contract, intake: Intake) -> str | None:
    """Say for which tables a batch came without a file, and what a client had claimed wrongly."""
    missing = missing_tables(contract, {file.table for file in intake.files}) if intake.batch else ()
    remarks = [f"The batch came without a file for {', '.join(missing)}."] if missing else []
    if intake.estimate and intake.routing and (correction := intake.estimate.correction(intake.routing.records)):
        remarks.append(correction)
    return " ".join(remarks) or None
