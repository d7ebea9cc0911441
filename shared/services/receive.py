"""Takes in the files of one job, exactly once by content, and sends the job on its way."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO

from shared.datasets.catalogue import load_dataset
from shared.domain.intake import Intake
from shared.domain.job import JobFile, JobState, TimelineEvent, new_job_id
from shared.errors import InvalidRequestError, UnreadableFileError
from shared.logs import Stopwatch, job_logging, stage
from shared.services.count import counted
from shared.services.layout import bronze_paths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.domain.job import Job
    from shared.domain.routing import Routing
    from shared.ports import BlobStore, Clock, JobStore
    from shared.services.dispatch import Dispatch
    from shared.services.records import JobRecords

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a client sends it: its name, and a seekable stream."""

    filename: str
    stream: BinaryIO


@dataclass(frozen=True, slots=True)
class JobRequest:
    """One request for one dataset with all its files; ``as_of`` without a zone is UTC."""

    user_id: str
    dataset: str
    uploads: tuple[Upload, ...]
    as_of: datetime | None = None
    force: bool = False
    job_name: str | None = None
    parent_job_id: str | None = None


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

    def __call__(self, request: JobRequest) -> Receipt:
        """Store, count and queue the files of a request.

        Raises :class:`NotFoundError` for an unknown dataset, before anything is stored, and
        :class:`UnreadableFileError` when a file cannot be counted: the job then exists, failed, with its bytes kept.
        """
        version = load_dataset(request.dataset).contract.version
        if not request.uploads:
            raise InvalidRequestError("The request has no file.", code="no_files")
        with stage("received") as watch:
            hashes = [_sha256(upload.stream) for upload in request.uploads]
            fresh = new_job_id(self.clock.now())
            key = _content_key(request, version, hashes)
            holders = self.jobs.claim_content(key, fresh, take_over=request.force)
            with job_logging(holders[-1]):
                known = None if holders[-1] == fresh else self.jobs.get(holders[-1])
                if known is None:
                    known, created = self._take_in(request, version, key, holders, hashes, watch)
                else:
                    created = False
        with job_logging(known.job_id):
            return self._send_on(known, created=created)

    def _take_in(
        self,
        request: JobRequest,
        version: int,
        key: str,
        holders: tuple[str, ...],
        hashes: Sequence[str],
        watch: Stopwatch,
    ) -> tuple[Job, bool]:
        """Store what was sent and make the job, unless somebody else just did; tells which of the two."""
        intake = self.records.claim_intake(self._intake(request, version, key, holders, hashes))
        streams = dict(zip(hashes, (upload.stream for upload in request.uploads), strict=True))
        for file in intake.files:
            streams[file.sha256].seek(0)
            self.blobs.put(self.bronze, file.blob, streams[file.sha256])
        event = TimelineEvent(state=JobState.RECEIVED.value, at=self.clock.now(), ms=watch.ms)
        job = self.jobs.create(intake.new_job(), event)
        if job is not None:
            return job, True
        job = self.jobs.get(intake.job_id)
        assert job is not None  # noqa: S101 - jobs are never deleted
        return job, False

    def _intake(
        self, request: JobRequest, version: int, key: str, holders: tuple[str, ...], hashes: Sequence[str]
    ) -> Intake:
        now, job_id = self.clock.now(), holders[-1]
        parent = request.parent_job_id or job_id
        paths = bronze_paths(request.user_id, parent, job_id, [upload.filename for upload in request.uploads])
        files = tuple(
            JobFile(upload.filename, path, sha256, _size(upload.stream))
            for upload, path, sha256 in zip(request.uploads, paths, hashes, strict=True)
        )
        intake = Intake(
            job_id=job_id,
            parent_job_id=parent,
            user_id=request.user_id,
            dataset=request.dataset,
            contract_version=version,
            as_of=_utc(request.as_of) or now,
            content_key=key,
            created_at=now,
            files=files,
            job_name=request.job_name,
            supersedes=holders[-2] if len(holders) > 1 else None,
        )
        return counted(intake, (upload.stream for upload in request.uploads), self.threshold)

    def _send_on(self, job: Job, *, created: bool) -> Receipt:
        intake = self.records.intake(job.job_id)
        if job.state is JobState.RECEIVED:
            job = self.dispatch(job, intake)
        if intake.problem is not None:
            problem = intake.problem
            details = {**problem.details, "jobId": job.job_id}
            raise UnreadableFileError(problem.message, advice=problem.advice, code=problem.code, **details)
        return Receipt(job, intake.routing, created)


def _content_key(request: JobRequest, version: int, hashes: Sequence[str]) -> str:
    """Return the hash of all that decides what becomes of the files; their names and order do not."""
    as_of = _utc(request.as_of)
    content = {
        "files": sorted(hashes),
        "dataset": request.dataset,
        "version": version,
        "user": request.user_id,
        "asOf": as_of.isoformat() if as_of else None,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _sha256(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    stream.seek(0)
    while chunk := stream.read(_CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


def _size(stream: BinaryIO) -> int:
    return stream.seek(0, 2)
