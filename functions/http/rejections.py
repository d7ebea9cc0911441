"""``/api/jobs/{jobId}/rejections.xlsx`` and ``…/corrections``: rejected rows go out in a workbook and come back."""

# ruff: noqa: TC001 - FastAPI reads annotations at run time

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from functions.http.application import Application
from functions.http.authentication import Caller
from functions.http.files import FORM, received_files
from functions.http.jobs import JobId, visible_job
from functions.http.models import Answer, JobReceipt, located
from functions.http.problems import documented
from shared.errors import InvalidRequestError

if TYPE_CHECKING:
    from shared.services.correct import Correction

router = APIRouter(prefix="/api/jobs", tags=["jobs"])

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BINARY: Final = {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}
_FORM_OF_ONE: Final = {"schema": {"type": "object", "properties": {"file": _BINARY["schema"]}}}
_NOTHING_CHANGED: Final = "No row was changed, so nothing was added."


class CorrectionAnswer(Answer):
    """What became of a workbook of corrections."""

    message: str = Field(examples=[_NOTHING_CHANGED])
    changed_rows: int = Field(description="Rows that were changed, and are processed.", examples=[12])
    rows_along: int = Field(
        description="Rows processed with them: they were rejected only because they refer to a changed row.",
        examples=[3],
    )
    unchanged_rows: int = Field(description="Rows that came back as they were; nothing happens to them.")
    job: JobReceipt | None = Field(description="The job of the changed rows; null if there are none.")

    @classmethod
    def of(cls, correction: Correction, base_url: str) -> CorrectionAnswer:
        """Describe what became of a workbook; ``base_url`` is where the client reached the API."""
        receipt, changed = correction.receipt, correction.changed
        told = f"{changed:,} row{' was' if changed == 1 else 's were'} changed and will be processed."
        if receipt is not None and not receipt.created:
            told = "These corrections came before, and are that job."
        return cls(
            message=told if receipt else _NOTHING_CHANGED,
            changed_rows=correction.changed,
            rows_along=correction.along,
            unchanged_rows=correction.unchanged,
            job=JobReceipt.of(receipt, base_url) if receipt else None,
        )


@router.get(
    "/{jobId}/rejections.xlsx",
    summary="Fetch the rejected rows of a job as a workbook",
    response_class=Response,
    responses={
        200: {"description": "The workbook.", "content": {_XLSX: _BINARY}},
        **documented(401, 404, 409, 410),
    },
)
def get_rejection_workbook(caller: Caller, app: Application, job_id: JobId) -> Response:
    """Answer an Excel workbook of the rejected rows as they were sent, to be corrected and sent back.

    Its first sheet says what to fix, most frequent first; the cells to blame are coloured and say in a comment what is
    wrong with them. Values are text throughout, and secrets are not shown. It holds up to 20,000 rows.
    """
    visible_job(app, caller, job_id)
    headers = {"Content-Disposition": f'attachment; filename="rejections-{job_id}.xlsx"'}
    return Response(app.rejection_workbook(job_id), headers=headers, media_type=_XLSX)


@router.post(
    "/{jobId}/corrections",
    status_code=202,
    summary="Send a corrected workbook back",
    responses={
        200: {"model": CorrectionAnswer, "description": "No row was changed, or the same corrections came before."},
        202: {"description": "A new job of the changed rows.", "headers": {"Location": {"schema": {"type": "string"}}}},
        **documented(400, 401, 404, 409, 410, 411, 413, 422, 503),
    },
    openapi_extra={"requestBody": {"required": True, "content": {FORM: _FORM_OF_ONE, _XLSX: _BINARY}}},
)
async def correct_job(
    caller: Caller, app: Application, request: Request, response: Response, job_id: JobId
) -> CorrectionAnswer:
    """Process the rows of a job's rejection workbook that were changed, as a job that names it in `corrects`.

    Send the workbook as a form with one file, or as the body itself. Rows may have been sorted or left out; what is
    unchanged is not processed again, but for rows that were rejected only because they refer to a row corrected now. A
    workbook of another job is refused.
    """
    async with received_files(request) as (uploads, _):
        if len(uploads) != 1:
            raise InvalidRequestError("Corrections come in one workbook.", code="several_files")
        if await request.is_disconnected():
            raise ClientDisconnect

        def correct() -> Correction:
            visible_job(app, caller, job_id)
            return app.correct(job_id, uploads[0])

        with located(str(request.base_url)):
            correction = await run_in_threadpool(correct)
    answer = CorrectionAnswer.of(correction, str(request.base_url))
    response.status_code = 202 if correction.receipt and correction.receipt.created else 200
    if answer.job is not None:
        response.headers["Location"] = answer.job.status_url
    return answer
