"""``/api/uploads``: addresses for files that are too large for one request; they go straight to storage."""

# ruff: noqa: TC001 - FastAPI reads annotations at run time

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - likewise
from typing import TYPE_CHECKING, Annotated, Self

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from functions.http.application import Application
from functions.http.authentication import Caller
from functions.http.jobs import JobId as JobIdInPath
from functions.http.jobs import visible_job
from functions.http.models import Answer, Dataset, JobDetail, JobId, completion_url, job_url
from functions.http.options import JobOptions
from functions.http.problems import documented
from shared.domain.job import JobState
from shared.services.expect import ExpectedFile, ExpectedJob
from shared.services.layout import base_name

if TYPE_CHECKING:
    from shared.services.expect import Expectation

router = APIRouter(prefix="/api/uploads", tags=["jobs"])

Filename = Annotated[str, Field(min_length=1, max_length=255, examples=["orders.ndjson"])]
TableName = Annotated[str, Field(min_length=1, max_length=100, description="The table that the file feeds.")]


class NamedFile(BaseModel):
    """One of several files that will be uploaded."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True, extra="forbid")

    filename: Filename
    table: TableName | None = None


class UploadRequest(JobOptions):
    """What a client says about the job whose files it will upload: one by ``filename``, or several in ``files``."""

    model_config = ConfigDict(extra="forbid")

    dataset: str = Field(min_length=1, max_length=100, description="The dataset that the files belong to.")
    filename: Filename | None = None
    table: TableName | None = None
    files: list[NamedFile] = Field([], max_length=100, description="The files, where the job has several.")

    @model_validator(mode="after")
    def _names_files_one_way(self) -> Self:
        if (self.filename is None) == (not self.files):
            raise ValueError("should name the file in 'filename', or several in 'files'")
        if self.files and self.table is not None:
            raise ValueError("should give the table of each of several files beside its name")
        return self

    def expected(self, user_id: str) -> ExpectedJob:
        """Return the job that is asked for."""
        named = self.files or [NamedFile(filename=self.filename or "", table=self.table)]
        return ExpectedJob(
            user_id=user_id,
            dataset=self.dataset,
            files=tuple(ExpectedFile(base_name(file.filename) or "upload", file.table) for file in named),
            as_of=self.as_of,
            force=self.force,
            job_name=self.job_name,
            parent_job_id=self.parent_job_id,
        )


class UploadAddress(Answer):
    """Where one file is to be uploaded."""

    filename: str = Field(examples=["orders.ndjson"])
    table: str | None
    upload_url: str = Field(
        description="An address of Azure Blob Storage for this file alone: it can be written, not read.",
        examples=["https://strata.blob.core.windows.net/landing/admin/fe5e01e7516e1944e572a68d/orders.ndjson?sig=…"],
    )


class UploadAnswer(Answer):
    """A job that waits for its files, and where to send them."""

    job_id: JobId
    parent_job_id: JobId
    job_name: str | None
    dataset: Dataset
    state: JobState
    upload_url: str = Field(description="Where the first, or only, file is to be uploaded.")
    files: list[UploadAddress]
    expires_at: datetime = Field(description="Until when the addresses can be used.")
    complete_url: str = Field(description="Where to say that all files are there; storage says so too.")
    status_url: str

    @classmethod
    def of(cls, expectation: Expectation, base_url: str) -> UploadAnswer:
        """Describe a job that waits; ``base_url`` is where the client reached the API."""
        job = expectation.job
        addresses = zip(expectation.files, expectation.upload_urls, strict=True)
        files = [
            UploadAddress(filename=file.filename, table=file.table, upload_url=url or "") for file, url in addresses
        ]
        return cls(
            job_id=job.job_id,
            parent_job_id=job.parent_job_id,
            job_name=job.job_name,
            dataset=job.dataset,
            state=job.state,
            upload_url=files[0].upload_url,
            files=files,
            expires_at=expectation.expires_at,
            complete_url=completion_url(base_url, job.job_id),
            status_url=job_url(base_url, job.job_id),
        )


@router.post(
    "",
    status_code=201,
    summary="Ask for an address to upload to",
    responses={
        201: {"description": "A job that waits.", "headers": {"Location": {"schema": {"type": "string"}}}},
        **documented(400, 401, 404, 503),
    },
)
def create_upload(
    caller: Caller, app: Application, request: Request, response: Response, wanted: UploadRequest
) -> UploadAnswer:
    """Make a job that waits for its files, and answer an address for each of them.

    Upload them with any tool for Azure Blob Storage, in blocks or whole (`PUT` with `x-ms-blob-type: BlockBlob`). The
    job starts by itself when all are there. What is uploaded first counts; what has not come in time is not waited for.
    """
    answer = UploadAnswer.of(app.expect(wanted.expected(caller.user_id)), str(request.base_url))
    response.headers["Location"] = answer.status_url
    return answer


@router.post(
    "/{jobId}/complete",
    status_code=202,
    summary="Say that the files are uploaded",
    responses=documented(401, 404, 409),
)
def complete_upload(
    caller: Caller, app: Application, request: Request, response: Response, job_id: JobIdInPath
) -> JobDetail:
    """Start the job now, without waiting for storage to tell of its files. May be said again; then nothing changes."""
    visible_job(app, caller, job_id)
    app.arrivals.complete(job_id)
    base_url = str(request.base_url)
    response.headers["Location"] = job_url(base_url, job_id)
    return JobDetail.of(app.jobs.get(job_id), base_url)
