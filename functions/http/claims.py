"""``/api/upload``, ``/api/upload_csv`` and ``/api/process``: one report or file of claims, sent or fetched."""

# ruff: noqa: TC001 - FastAPI reads annotations at run time

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import AliasChoices, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from functions.http.application import Application
from functions.http.authentication import Caller
from functions.http.files import FORM, received_files
from functions.http.models import JobReceipt, located
from functions.http.options import JobName, JobOptions, described_parameters, read_options
from functions.http.problems import documented
from functions.http.uploads import RECEIPTS, receipt_answer
from shared.errors import InvalidRequestError
from shared.readers.sniff import Kind

if TYPE_CHECKING:
    from shared.domain.roles import Principal
    from shared.services.receive import JobRequest

router = APIRouter(prefix="/api", tags=["jobs"])

_DATASET: Final = "claims"
_TABLE: Final = "claims"
_DEFAULT_NAME: Final = "report.html"
_FILE: Final = {"type": "string", "contentMediaType": "application/octet-stream"}


class LabelledOptions(JobOptions):
    """What a client says about a job of claims; the label is the job's name."""

    job_name: JobName | None = Field(
        None,
        validation_alias=AliasChoices("label", "jobName"),
        description="A name to find the job by; it stands beside the upload in the table CsvMetadata.",
        examples=["March 2031"],
    )


class ProcessRequest(LabelledOptions):
    """A report that lies on the web."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"html_url": "https://example.org/report.html"}]}
    )

    html_url: str = Field(
        validation_alias=AliasChoices("html_url", "htmlUrl"),
        min_length=1,
        max_length=2_000,
        description="Its address, which begins with http:// or https://.",
    )


def _request_body(content: str) -> dict[str, Any]:
    properties = {"file": {**_FILE, "description": content}, "label": {"type": "string", "maxLength": 200}}
    form = {"type": "object", "required": ["file"], "properties": properties}
    return {
        "parameters": described_parameters(LabelledOptions),
        "requestBody": {"required": True, "content": {FORM: {"schema": form}}},
    }


@router.post(
    "/upload",
    status_code=202,
    summary="Upload a report of claims",
    responses={**RECEIPTS, **documented(400, 401, 411, 413, 422, 503)},
    openapi_extra=_request_body("A remittance report, saved as a web page."),
)
async def upload_report(caller: Caller, app: Application, request: Request, response: Response) -> JobReceipt:
    """Take in a remittance report (HTML) as a job of the dataset `claims`, as `POST /api/jobs?dataset=claims` does."""
    return await _upload(caller, app, request, response, Kind.MARKUP)


@router.post(
    "/upload_csv",
    status_code=202,
    summary="Upload claims as CSV",
    responses={**RECEIPTS, **documented(400, 401, 411, 413, 422, 503)},
    openapi_extra=_request_body("A CSV file with any header."),
)
async def upload_csv(caller: Caller, app: Application, request: Request, response: Response) -> JobReceipt:
    """Take in a CSV file as a job of the dataset `claims`.

    Each of its rows is kept in the table `CsvUploads`, whatever the header. Where the header names the columns of a
    claim, the rows are claims like those of a report.
    """
    return await _upload(caller, app, request, response, Kind.DELIMITED, table=_TABLE)


@router.post(
    "/process",
    status_code=202,
    summary="Fetch a report of claims",
    responses={**RECEIPTS, **documented(400, 401, 413, 422, 503)},
)
def process_address(
    caller: Caller, app: Application, request: Request, response: Response, wanted: ProcessRequest
) -> JobReceipt:
    """Fetch a remittance report (HTML) from a public address, and take it in as if it had been uploaded.

    Only http and https, and up to three redirects. Addresses of private networks are refused.
    """
    asked = replace(wanted.job_request(caller.user_id, _DATASET, ()), kind=Kind.MARKUP)
    with located(str(request.base_url)):
        receipt = app.fetch(asked, wanted.html_url, wanted.filename or _DEFAULT_NAME)
    return receipt_answer(receipt, request, response)


async def _upload(
    caller: Principal, app: Application, request: Request, response: Response, kind: Kind, *, table: str | None = None
) -> JobReceipt:
    async with received_files(request) as (uploads, fields):
        if len(uploads) != 1:
            raise InvalidRequestError("One file is taken at a time.", code="several_files")
        options = read_options(LabelledOptions, {**fields, **request.query_params})
        if await request.is_disconnected():
            raise ClientDisconnect
        named = tuple(replace(upload, field=table) for upload in uploads)
        wanted: JobRequest = replace(options.job_request(caller.user_id, _DATASET, named), kind=kind)
        with located(str(request.base_url)):
            receipt = await run_in_threadpool(app.receive, wanted)
    return receipt_answer(receipt, request, response)
