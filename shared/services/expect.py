"""Makes a job whose files come later, straight to storage, and hands out an address for each of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from shared.datasets.catalogue import load_dataset
from shared.domain.intake import Intake
from shared.domain.job import JobFile, JobState, TimelineEvent, new_job_id
from shared.domain.moments import in_utc
from shared.errors import InvalidRequestError
from shared.logs import job_logging
from shared.services.layout import landing_paths

if TYPE_CHECKING:
    from datetime import datetime

    from shared.contracts.model import Contract
    from shared.domain.job import Job
    from shared.domain.routing import Estimate
    from shared.ports import BlobStore, Clock, JobStore, UploadSigner
    from shared.services.records import JobRecords


@dataclass(frozen=True, slots=True)
class ExpectedFile:
    """A file that is to come: its name, and its table if the sender says so.

    One that lies at a ``path`` of somebody's ``container``, or will, is read there and needs no address.
    """

    filename: str
    table: str | None = None
    container: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class ExpectedJob:
    """One request for one dataset whose files come later; ``as_of`` without a zone is UTC."""

    user_id: str
    dataset: str
    files: tuple[ExpectedFile, ...]
    as_of: datetime | None = None
    force: bool = False
    job_name: str | None = None
    parent_job_id: str | None = None
    estimate: Estimate | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """A job that waits for its files until ``expires_at``, and where to send each (None: it is not sent to us)."""

    job: Job
    files: tuple[JobFile, ...]
    upload_urls: tuple[str | None, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Expect:
    """The use case. A job whose files do not come is ended by the sweep of the landing container."""

    blobs: BlobStore
    jobs: JobStore
    records: JobRecords
    signer: UploadSigner
    clock: Clock
    life: timedelta

    def __call__(self, wanted: ExpectedJob) -> Expectation:
        """Make the job.

        Raises :class:`NotFoundError` for an unknown dataset, and :class:`InvalidRequestError` for an unknown table or
        when no file is named.
        """
        contract = load_dataset(wanted.dataset).contract
        if not wanted.files:
            raise InvalidRequestError("The request names no file.", code="no_files")
        for file in wanted.files:
            _check_table(contract, file)
        intake = self._intake(wanted, contract.version)
        assert intake.deadline is not None  # noqa: S101 - it has just been set
        with job_logging(intake.job_id):
            landing = self.records.layout.landing
            self.blobs.prepare(landing)
            urls = tuple(
                self.signer.upload_url(landing, file.blob, intake.deadline) if file.container == landing else None
                for file in intake.files
            )
            return Expectation(self.make_job(intake), intake.files, urls, intake.deadline)

    def make_job(self, intake: Intake) -> Job:
        """Write down what is waited for and make the job that waits; may be repeated."""
        intake = self.records.claim_intake(intake)
        waits = intake.deadline is not None and intake.deadline > intake.created_at
        note = f"Waits until {intake.deadline:%Y-%m-%d %H:%M} UTC." if waits else None
        waiting = replace(intake.new_job(), state=JobState.AWAITING_FILE)
        event = TimelineEvent(waiting.state.value, at=self.clock.now(), note=note)
        job = self.jobs.create(waiting, event) or self.jobs.get(intake.job_id)
        assert job is not None  # noqa: S101 - jobs are never deleted
        return job

    def _intake(self, wanted: ExpectedJob, version: int) -> Intake:
        now, landing = self.clock.now(), self.records.layout.landing
        job_id = new_job_id(now)
        paths = landing_paths(wanted.user_id, job_id, [file.filename for file in wanted.files])
        # What somebody keeps elsewhere is there already.
        life = timedelta(0) if all(file.container for file in wanted.files) else self.life
        return Intake(
            job_id=job_id,
            parent_job_id=wanted.parent_job_id or job_id,
            user_id=wanted.user_id,
            dataset=wanted.dataset,
            contract_version=version,
            as_of=in_utc(wanted.as_of) if wanted.as_of else now,
            as_of_given=wanted.as_of is not None,
            content_key="",
            created_at=now,
            files=tuple(
                JobFile(
                    file.filename,
                    file.path or path,
                    None,
                    None,
                    table=file.table,
                    container=file.container or landing,
                )
                for file, path in zip(wanted.files, paths, strict=True)
            ),
            job_name=wanted.job_name,
            force=wanted.force,
            deadline=now + life,
            estimate=wanted.estimate,
        )


def _check_table(contract: Contract, file: ExpectedFile) -> None:
    known = [table.name for table in contract.tables]
    if file.table is not None and file.table not in known:
        raise InvalidRequestError(
            f"The dataset {contract.dataset} has no table {file.table!r}.",
            code="unknown_table",
            advice=f"Use one of: {', '.join(known)}.",
            known=known,
        )
