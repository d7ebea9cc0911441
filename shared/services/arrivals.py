"""Finds out whose file it is that has come to storage, and has it taken in."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.domain.job import JobState
from shared.errors import ConflictError
from shared.logs import job_logging
from shared.services.layout import awaiting_job, batch_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.domain.job import Job, JobFile
    from shared.ports import BlobStore
    from shared.services.dispatch import Dispatch
    from shared.services.inbox import Inbox
    from shared.services.journal import Journal
    from shared.services.layout import Layout
    from shared.services.records import JobRecords

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The use case. A file may be told of more than once, late, or by the sweep alone."""

    blobs: BlobStore
    journal: Journal
    records: JobRecords
    dispatch: Dispatch
    inbox: Inbox

    def __call__(self, container: str, path: str) -> None:
        """Have a file taken in that has come to the landing container."""
        if container != self.records.layout.landing:
            _log.info("a file came to a container that is none of ours")
        elif batch := batch_of(path):
            file = self.blobs.stat(container, path)
            if file is not None:
                self.inbox.arrive(*batch, file)
        elif job_id := awaiting_job(path):
            with job_logging(job_id):
                job = self.journal.jobs.get(job_id)
                if job is not None and job.state is JobState.AWAITING_FILE:
                    self.dispatch.send_intake(job)
                else:
                    _log.info("a file came that no job waits for")
        else:
            _log.warning("a file came to a place where nobody looks for it")

    def complete(self, job_id: str) -> Job:
        """Have the files of a job taken in because its client says that they are there; may be repeated.

        Raises :class:`NotFoundError` for an unknown job, and :class:`ConflictError` while files are missing.
        """
        job = self.journal.get(job_id)
        if job.state is JobState.AWAITING_FILE:
            _, missing = arrived(self.records.intake(job_id).files, self.blobs, self.records.layout)
            if missing:
                raise ConflictError(
                    f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not there yet.",
                    code="file_missing",
                    advice="Upload every file to its address, then say so again.",
                    missing=missing,
                )
            self.dispatch.send_intake(job)
        return job


def arrived(files: Iterable[JobFile], blobs: BlobStore, layout: Layout) -> tuple[dict[str, str], list[str]]:
    """Return the etags of the files that are there, by path, and the names of those that are not."""
    etags, missing = {}, []
    for file in files:
        found = blobs.stat(*layout.place(file))
        if found is None:
            missing.append(file.filename)
        else:
            etags[file.blob] = found.etag
    return etags, missing
