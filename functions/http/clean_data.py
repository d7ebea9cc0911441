"""``POST /api/clean_data``: a job of raw data that lies in storage already, or that is about to be uploaded."""

# ruff: noqa: TC001 - FastAPI reads annotations at run time

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - likewise
from typing import TYPE_CHECKING, Annotated, Final, Literal

from fastapi import APIRouter, Request, Response
from pydantic import ConfigDict, Field, JsonValue

from functions.http.application import Application
from functions.http.authentication import Caller
from functions.http.models import Answer, Dataset, JobId, completion_url, job_url
from functions.http.options import Identifier, JobOptions
from functions.http.problems import documented
from shared.domain.job import JobState, ProcessingPath
from shared.domain.routing import PATHS
from shared.services.clean_data import MOST_FILES, CleanRequest
from shared.services.layout import base_name

if TYPE_CHECKING:
    from shared.domain.roles import Principal
    from shared.services.expect import Expectation

router = APIRouter(prefix="/api/clean_data", tags=["jobs"])

_EXAMPLES: Final[list[JsonValue]] = [
    {"dataCount": 5_000, "jobName": "Q4_2024_Sales"},
    {"dataCount": 5_000, "jobName": "Q4_2024_Sales", "parentJobId": "batch-2024-Q4"},
    {"dataCount": 2_500, "blobs": ["admin/batch-2024-Q4/part-1.json", "admin/batch-2024-Q4/part-2.json"]},
]


class CleanDataRequest(JobOptions):
    """What a client says about the data that it wants to have cleaned."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": _EXAMPLES})

    data_count: int = Field(
        ge=0, le=10**12, strict=True, description="How many records the client says there are; it decides nothing."
    )
    dataset: str = Field("ecommerce", min_length=1, max_length=100, description="The dataset that the data belong to.")
    parent_job_id: Identifier | None = Field(
        None, description="The folder in the raw container that has the files, and the group of jobs this one joins."
    )
    blobs: list[Annotated[str, Field(min_length=1)]] = Field(
        [], max_length=MOST_FILES, description="Paths in the raw container, instead of all files of a folder."
    )
    user_id: str | None = Field(
        None, min_length=1, max_length=200, description="Whose data it is; an administrator may name others."
    )
    filename: str = Field(
        "upload.json", min_length=1, max_length=255, description="The name of the file, where it is to be uploaded."
    )

    def request_of(self, caller: Principal) -> CleanRequest:
        """Return what a caller asks for."""
        return CleanRequest(
            caller=caller,
            claimed=self.data_count,
            dataset=self.dataset,
            filename=base_name(self.filename) or "upload",
            blobs=tuple(self.blobs),
            parent_job_id=self.parent_job_id,
            user_id=self.user_id,
            job_name=self.job_name,
            as_of=self.as_of,
            force=self.force,
        )


class CleanDataAnswer(Answer):
    """The job, which way it will probably go, and where to upload its file if it is not there yet."""

    success: Literal[True] = True
    job_id: JobId
    parent_job_id: JobId
    processing_path: ProcessingPath
    queue_name: str = Field(examples=["small-batch-queue"])
    expected_processing_time: str = Field(examples=["a few seconds"])
    record_count: int = Field(description="As claimed; the job says what was counted.", examples=[5_000])
    provisional: bool = Field(description="Whether path and queue follow the claim alone, until records are counted.")
    job_name: str | None
    dataset: Dataset
    state: JobState
    files: list[str] = Field(description="The files that the job is made of.", examples=[["upload.json"]])
    upload_url: str | None = Field(
        description="Where to upload the file; null where it lies in the raw container.",
        examples=["https://strata.blob.core.windows.net/landing/admin/fe5e01e7516e1944e572a68d/upload.json?sig=…"],
    )
    expires_at: datetime | None = Field(description="Until when it can be uploaded.")
    complete_url: str | None = Field(description="Where to say that it is uploaded; storage says so too.")
    status_url: str

    @classmethod
    def of(cls, expectation: Expectation, claimed: int, base_url: str) -> CleanDataAnswer:
        """Describe a job that was just made; ``base_url`` is where the client reached the API."""
        job, upload_url = expectation.job, expectation.upload_urls[0]
        assert job.processing_path is not None  # noqa: S101 - a claim leads to a path
        config = PATHS[job.processing_path]
        return cls(
            job_id=job.job_id,
            parent_job_id=job.parent_job_id,
            processing_path=config.path,
            queue_name=config.queue,
            expected_processing_time=config.expected_processing_time,
            record_count=claimed,
            provisional=job.is_provisional,
            job_name=job.job_name,
            dataset=job.dataset,
            state=job.state,
            files=[file.filename for file in expectation.files],
            upload_url=upload_url,
            expires_at=expectation.expires_at if upload_url else None,
            complete_url=completion_url(base_url, job.job_id) if upload_url else None,
            status_url=job_url(base_url, job.job_id),
        )


@router.post(
    "",
    status_code=202,
    summary="Clean raw data",
    responses={
        202: {"description": "A new job.", "headers": {"Location": {"schema": {"type": "string"}}}},
        **documented(400, 401, 403, 404, 503),
    },
)
def clean_data(
    caller: Caller, app: Application, request: Request, response: Response, wanted: CleanDataRequest
) -> CleanDataAnswer:
    """Make a job of data in the raw container, which is only read, or of a file that is to be uploaded.

    `parentJobId` names all files in the folder `{userId}/{parentJobId}/` of the raw container, `blobs` names single
    ones. Without both, the answer holds an `uploadUrl` and the job waits for its file. Path and queue are provisional
    until the records are counted; a claim that was wrong is noted on the job's timeline.
    """
    base_url = str(request.base_url)
    answer = CleanDataAnswer.of(app.clean_data(wanted.request_of(caller)), wanted.data_count, base_url)
    response.headers["Location"] = answer.status_url
    return answer
