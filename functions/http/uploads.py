"""``POST /api/jobs``: the files of one job, as a form or as the body itself."""

# ruff: noqa: TC001 - FastAPI reads annotations at run time

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Final, cast

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect

from functions.http.application import Application
from functions.http.authentication import Caller
from functions.http.models import JobReceipt, job_url
from functions.http.parameters import described_parameters
from functions.http.problems import documented
from shared.errors import AppError, InvalidRequestError
from shared.services.receive import JobRequest, Upload

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

router = APIRouter(prefix="/api/jobs", tags=["jobs"])

_IN_MEMORY_BYTES: Final = 1_000_000
_MOST_FILES: Final = 100
_FORM: Final = "multipart/form-data"
_DEFAULT_NAMES: Final = {
    "application/json": "upload.json",
    "application/x-ndjson": "upload.ndjson",
}
_REQUEST_BODY: Final = {
    "required": True,
    "content": {
        _FORM: {
            "schema": {
                "type": "object",
                "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
                "additionalProperties": True,
            }
        },
        "application/json": {
            "schema": {"type": "array", "items": {"type": "object"}},
            "example": [{"user": {"id": "user-1"}, "order": {"id": "order-1", "user_id": "user-1"}}],
        },
        "application/x-ndjson": {"schema": {"type": "string"}},
        "application/octet-stream": {"schema": {}},
    },
}


def _utc(text: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(
            "should be a date or time in ISO 8601, such as 2026-01-31T08:00:00Z (write '+' as '%2B')"
        ) from None


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("should be one line of printable text")
    return text


def _identifier(text: str) -> str:
    # It becomes part of the paths of stored files.
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", text):
        raise ValueError("should be up to 64 letters, digits, '-' and '_'")
    return text


class JobOptions(BaseModel):
    """What a client says about a job, in the address or as fields of the form; the address wins."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True)

    dataset: str = Field(
        min_length=1,
        max_length=100,
        description="The dataset that the files belong to.",
        examples=["ecommerce"],
    )
    as_of: Annotated[datetime, BeforeValidator(_utc)] | None = Field(
        None, description="The moment as of which ages are counted; UTC without a zone, now if left out."
    )
    force: bool = Field(False, description="Make a new job even if the same content came before.")
    job_name: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)] | None = Field(
        None, description="A name to find the job by."
    )
    parent_job_id: Annotated[str, AfterValidator(_identifier)] | None = Field(
        None, description="The group of jobs that this one belongs to."
    )
    filename: str | None = Field(
        None, min_length=1, max_length=255, description="The file's name, where the body is the file itself."
    )


@router.post(
    "",
    status_code=202,
    summary="Upload the files of a job",
    responses={
        200: {"model": JobReceipt, "description": "The same content came before: that job."},
        202: {"description": "A new job.", "headers": {"Location": {"schema": {"type": "string"}}}},
        **documented(400, 401, 404, 411, 413, 422, 503),
    },
    openapi_extra={"parameters": described_parameters(JobOptions), "requestBody": _REQUEST_BODY},
)
async def create_job(caller: Caller, app: Application, request: Request, response: Response) -> JobReceipt:
    """Take in one or several files of one dataset as one job, and say which way it goes.

    Send a form with the files, or one file as the body itself with its name in `filename`. The same content
    again answers the same job with 200, unless `force` is set. A file that cannot be read at all is kept with
    a failed job, which the error names.
    """
    async with _received(request) as (uploads, fields):
        options = _options({**fields, **request.query_params})
        # Once the service has begun, the job is made whether anyone waits for the answer or not.
        if await request.is_disconnected():
            raise ClientDisconnect
        wanted = JobRequest(
            user_id=caller.user_id,
            dataset=options.dataset,
            uploads=uploads,
            as_of=options.as_of,
            force=options.force,
            job_name=options.job_name,
            parent_job_id=options.parent_job_id,
        )
        try:
            receipt = await run_in_threadpool(app.receive, wanted)
        except AppError as error:
            if "jobId" in error.details:
                error.details["statusUrl"] = job_url(str(request.base_url), error.details["jobId"])
            raise
    answer = JobReceipt.of(receipt, str(request.base_url))
    response.status_code = 202 if receipt.created else 200
    response.headers["Location"] = answer.status_url
    return answer


@asynccontextmanager
async def _received(request: Request) -> AsyncIterator[tuple[tuple[Upload, ...], dict[str, str]]]:
    """Yield the files of a request, spooled to disk where large, and the text fields of a form."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == _FORM:
        async with request.form(max_files=_MOST_FILES) as form:
            parts = form.multi_items()
            uploads = [_upload(part) for _, part in parts if isinstance(part, UploadFile)]
            if not uploads:
                raise _no_file("The form holds no file.")
            yield tuple(uploads), {field: part for field, part in parts if isinstance(part, str)}
        return
    name = request.query_params.get("filename")
    if request.headers.get("content-length", "0") == "0" and not (media_type or name):
        raise _no_file("The request holds no file.")
    with SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as body:
        spool = UploadFile(cast("BinaryIO", body))
        async for chunk in request.stream():
            await spool.write(chunk)
        await spool.seek(0)
        filename = _base_name(name or "") or _DEFAULT_NAMES.get(media_type, "upload")
        yield (Upload(filename, spool.file),), {}


def _upload(part: UploadFile) -> Upload:
    return Upload(_base_name(part.filename or "") or "upload", part.file)


def _base_name(name: str) -> str:
    """Return a file's name without folders and unprintable characters, since it becomes part of a path."""
    base = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in base if letter.isprintable()).strip(" .")[-200:]


def _no_file(sentence: str) -> InvalidRequestError:
    return InvalidRequestError(
        sentence,
        code="no_file",
        advice="Send a form with a file in it, or the file as the body with its name in 'filename'.",
    )


def _options(values: Mapping[str, str]) -> JobOptions:
    try:
        return JobOptions.model_validate(values)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        raise RequestValidationError([{**fault, "loc": ("query", *fault["loc"])} for fault in faults]) from None
