"""``POST /api/jobs``: the files of one job, as a form or as the body itself."""

# ruff: noqa: TC001 - FastAPI reads annotations at run time

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from functions.http.application import Application
from functions.http.authentication import Caller
from functions.http.files import FORM, received_files
from functions.http.models import JobReceipt, located
from functions.http.options import JobOptions, described_parameters, read_options
from functions.http.problems import documented

if TYPE_CHECKING:
    from shared.services.receive import Receipt

router = APIRouter(prefix="/api/jobs", tags=["jobs"])

_REQUEST_BODY: Final = {
    "required": True,
    "content": {
        FORM: {
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
#: What is answered of a job that was taken in, for OpenAPI.
RECEIPTS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": JobReceipt, "description": "The same content came before: that job."},
    202: {"description": "A new job.", "headers": {"Location": {"schema": {"type": "string"}}}},
}


class UploadOptions(JobOptions):
    """What a client says about the files of a job."""

    dataset: str = Field(
        min_length=1,
        max_length=100,
        description="The dataset that the files belong to.",
        examples=["ecommerce"],
    )


@router.post(
    "",
    status_code=202,
    summary="Upload the files of a job",
    responses={**RECEIPTS, **documented(400, 401, 404, 411, 413, 422, 503)},
    openapi_extra={"parameters": described_parameters(UploadOptions), "requestBody": _REQUEST_BODY},
)
async def create_job(caller: Caller, app: Application, request: Request, response: Response) -> JobReceipt:
    """Take in one or several files of one dataset as one job, and say which way it goes.

    Send a form with the files, or one file as the body itself with its name in `filename`. The same content
    again answers the same job with 200, unless `force` is set. A file that cannot be read at all is kept with
    a failed job, which the error names.
    """
    async with received_files(request) as (uploads, fields):
        options = read_options(UploadOptions, {**fields, **request.query_params})
        # Once the service has begun, the job is made whether anyone waits for the answer or not.
        if await request.is_disconnected():
            raise ClientDisconnect
        wanted = options.job_request(caller.user_id, options.dataset, uploads)
        with located(str(request.base_url)):
            receipt = await run_in_threadpool(app.receive, wanted)
    return receipt_answer(receipt, request, response)


def receipt_answer(receipt: Receipt, request: Request, response: Response) -> JobReceipt:
    """Answer what was taken in: 202 for a new job, 200 for the one that the same content made before."""
    answer = JobReceipt.of(receipt, str(request.base_url))
    response.status_code = 202 if receipt.created else 200
    response.headers["Location"] = answer.status_url
    return answer
