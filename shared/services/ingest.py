"""Takes in one table's file or rows and processes them while the sender waits for the answer."""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shared.datasets.catalogue import load_dataset
from shared.domain.job import JobState, ProcessingPath
from shared.domain.message import JobMessage
from shared.errors import AppError, InvalidRequestError
from shared.logs import job_logging
from shared.readers.json_rows import row_array
from shared.services.receive import Upload

if TYPE_CHECKING:
    from shared.domain.job import Job
    from shared.services.browse import JobBrowser, JobView, Reject
    from shared.services.dispatch import Dispatch
    from shared.services.process import Process
    from shared.services.receive import JobRequest, Receive

_log = logging.getLogger(__name__)


class TooManyRowsError(AppError):
    """More rows came in one request than it may hold."""

    code = "too_many_rows"
    status = 413
    advice = "Send them in several requests, or as a file."


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of a request: its job, whether that is a new one, and the rows that were rejected."""

    view: JobView
    created: bool
    rejected: list[Reject]


@dataclass(frozen=True, slots=True)
class Ingest:
    """The use case.

    Rows come on top of those that are there, also where a file of the table would replace them. The job is one like any
    other, kept before it is processed. Should the process die on the way, the sweep queues it.
    """

    receive: Receive
    process: Process
    dispatch: Dispatch
    jobs: JobBrowser
    most_rows: int

    def __call__(self, request: JobRequest, table: str, *, rows: bool = False) -> Ingested:
        """Take in the one upload of a request, a file or (``rows``) JSON rows, and process it if it is small.

        A large one is queued. Raises what :class:`Receive` raises, :class:`InvalidRequestError` when the upload is not
        one or holds no rows, and :class:`TooManyRowsError`.
        """
        if len(request.uploads) != 1:
            raise InvalidRequestError("Rows of one table come in one file.", code="several_files")
        (upload,) = request.uploads
        upload = self._rows(upload, table) if rows else replace(upload, field=table)
        tables = load_dataset(request.dataset).contract.tables
        replaced = any(each.name == table and each.load == "replace" for each in tables)
        receipt = self.receive(replace(request, uploads=(upload,), adds=replaced), queue_small=False)
        job = receipt.job
        if job.state is JobState.RECEIVED and job.processing_path is ProcessingPath.SMALL_BATCH:
            self._process(job)
        return Ingested(
            self.jobs.get(job.job_id), receipt.created, self.jobs.rejects(job.job_id, table, limit=self.most_rows)
        )

    def _rows(self, upload: Upload, table: str) -> Upload:
        array, number = row_array(upload.stream.read())
        if not number:
            raise InvalidRequestError("The array of rows is empty.", code="no_rows")
        if number > self.most_rows:
            raise TooManyRowsError(
                f"The request holds {number:,} rows; one may hold {self.most_rows:,}.", maxRows=self.most_rows
            )
        return Upload(f"{table}.json", io.BytesIO(array), field=table)

    def _process(self, job: Job) -> None:
        """Process a job here and now; one whose try fails is queued, as others are whose message comes again."""
        try:
            self.process(JobMessage.of(job))
        except Exception:
            with job_logging(job.job_id):
                _log.exception("the job could not be processed at once and is queued")
            self.dispatch.send(job)
