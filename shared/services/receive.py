"""Takes in the files of one job, exactly once by content, and sends the job on its way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

from shared.datasets.catalogue import load_dataset
from shared.domain.content import content_key
from shared.domain.intake import Intake
from shared.domain.job import JobFile, JobState, ProcessingPath, TimelineEvent, new_job_id
from shared.domain.moments import in_utc
from shared.domain.order import order_of
from shared.errors import InvalidRequestError, UnreadableFileError
from shared.logs import Stopwatch, job_logging, stage
from shared.readers.archives import unpacked
from shared.services.claim import claim
from shared.services.count import counted
from shared.services.layout import bronze_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from shared.domain.job import Job
    from shared.domain.routing import Routing
    from shared.ports import BlobStore, Clock, JobStore
    from shared.readers.sniff import Kind
    from shared.services.count import Counted
    from shared.services.dispatch import Dispatch
    from shared.services.records import JobRecords


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a client sends it: its name, a seekable stream, and the name of the form's field it came in."""

    filename: str
    stream: BinaryIO
    field: str | None = None


@dataclass(frozen=True, slots=True)
class JobRequest:
    """One request for one dataset with all its files; ``as_of`` without a zone is UTC.

    ``corrects``, ``builds_on``, ``adds`` and ``order`` (None: that of the present) are as in an
    :class:`Intake`. ``kind`` is the only kind of file that is taken.
    """

    user_id: str
    dataset: str
    uploads: tuple[Upload, ...]
    as_of: datetime | None = None
    force: bool = False
    job_name: str | None = None
    parent_job_id: str | None = None
    corrects: str | None = None
    builds_on: tuple[str, ...] = ()
    adds: bool = False
    order: str | None = None
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The job that a request made, or the one that the same content made before (``created`` is False)."""

    job: Job
    routing: Routing | None
    created: bool


@dataclass(frozen=True, slots=True)
class Receive:
    """The use case. Every step may be repeated under the id that claimed the content.

    So a client that repeats its request completes what a crash at any line left undone.
    """

    blobs: BlobStore
    bronze: str
    jobs: JobStore
    records: JobRecords
    dispatch: Dispatch
    clock: Clock
    threshold: int

    def __call__(self, request: JobRequest, *, queue_small: bool = True) -> Receipt:
        """Store, count and queue the files of a request; without ``queue_small`` a small job is left to the caller.

        Raises :class:`NotFoundError` for an unknown dataset, :class:`InvalidRequestError` for a file of no known table
        and :class:`UnreadableFileError` for one of another kind than asked for, before anything is stored, and
        :class:`UnreadableFileError` when a file cannot be counted: the job then exists, failed, with its bytes kept.
        """
        dataset = load_dataset(request.dataset)
        if not request.uploads:
            raise InvalidRequestError("The request has no file.", code="no_files")
        if request.kind is not None:
            _refuse_others(request.kind, request.uploads)
        with stage("received") as watch:
            files = [JobFile(one.filename, "", None, None, table=one.field) for one in request.uploads]
            contents = counted(dataset, files, (one.stream for one in request.uploads))
            # The order of jobs is that of their ids, as far as these can tell.
            now = self.clock.now()
            key = content_key(
                contents.files,
                dataset=request.dataset,
                version=dataset.contract.version,
                user_id=request.user_id,
                as_of=in_utc(request.as_of) if request.as_of else None,
                corrects=request.corrects,
                adds=request.adds,
            )
            holders, known = claim(self.jobs, key, new_job_id(now), take_over=request.force)
            with job_logging(holders[-1]):
                if known is None:
                    intake = self._intake(request, contents, key, holders, now)
                    known, created = self._take_in(intake, request.uploads, watch)
                else:
                    created = False
        with job_logging(known.job_id):
            return self._send_on(known, created=created, queue_small=queue_small)

    def _take_in(self, intake: Intake, uploads: Sequence[Upload], watch: Stopwatch) -> tuple[Job, bool]:
        """Store what was sent and make the job, unless somebody else just did; tells which of the two."""
        streams = {file.sha256: upload.stream for file, upload in zip(intake.files, uploads, strict=True)}
        intake = self.records.claim_intake(intake)
        for file in intake.files:
            streams[file.sha256].seek(0)
            self.blobs.put(self.bronze, file.blob, streams[file.sha256])
        note = f"Corrects rows of job {intake.corrects}." if intake.corrects else None
        event = TimelineEvent(state=JobState.RECEIVED.value, at=self.clock.now(), ms=watch.ms, note=note)
        job = self.jobs.create(intake.new_job(), event)
        if job is not None:
            return job, True
        job = self.jobs.get(intake.job_id)
        assert job is not None  # noqa: S101 - jobs are never deleted
        return job, False

    def _intake(
        self, request: JobRequest, contents: Counted, key: str, holders: tuple[str, ...], now: datetime
    ) -> Intake:
        job_id = holders[-1]
        parent = request.parent_job_id or job_id
        paths = bronze_paths(request.user_id, parent, job_id, [file.filename for file in contents.files])
        files = tuple(replace(file, blob=path) for file, path in zip(contents.files, paths, strict=True))
        intake = Intake(
            job_id=job_id,
            parent_job_id=parent,
            user_id=request.user_id,
            dataset=request.dataset,
            contract_version=load_dataset(request.dataset).contract.version,
            as_of=in_utc(request.as_of) if request.as_of else now,
            as_of_given=request.as_of is not None,
            content_key=key,
            created_at=now,
            files=files,
            job_name=request.job_name,
            supersedes=holders[-2] if len(holders) > 1 else None,
            corrects=request.corrects,
            builds_on=request.builds_on,
            order=request.order or order_of(now),
            adds=request.adds,
        )
        return replace(contents, files=files).decide(intake, self.threshold)

    def _send_on(self, job: Job, *, created: bool, queue_small: bool) -> Receipt:
        intake = self.records.intake(job.job_id)
        is_small = job.processing_path is ProcessingPath.SMALL_BATCH
        if job.state is JobState.RECEIVED and (queue_small or not is_small):
            job = self.dispatch(job, intake)
        if intake.problem is not None:
            problem = intake.problem
            details = {**problem.details, "jobId": job.job_id}
            raise UnreadableFileError(problem.message, advice=problem.advice, code=problem.code, **details)
        return Receipt(job, intake.routing, created)


def _refuse_others(kind: Kind, uploads: Iterable[Upload]) -> None:
    """Raise :class:`UnreadableFileError` when an upload, or a file packed in it, is of another kind."""
    for upload in uploads:
        for part in unpacked(upload.stream, upload.filename):
            if part.kind is not kind:
                raise UnreadableFileError(
                    f"{part.filename} is {part.kind.value}; {kind.value} is taken here.",
                    code="wrong_format",
                    advice="Send it to the address for its kind, or to POST /api/jobs.",
                    file=part.filename,
                )
        upload.stream.seek(0)
