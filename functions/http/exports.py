"""``/api/jobs/{jobId}/exports``: the files that a job hands out."""

# ruff: noqa: TC001 - FastAPI reads annotations at run time

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - likewise
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Path, Request, Response
from pydantic import Field

from functions.http.application import Application
from functions.http.authentication import Caller
from functions.http.jobs import JobId, visible_job
from functions.http.models import Answer, job_url
from functions.http.problems import documented

router = APIRouter(prefix="/api/jobs", tags=["jobs"])

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CSV: Final = "text/csv"
_BINARY: Final = {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}


class ExportAnswer(Answer):
    """A file that a job hands out."""

    name: str = Field(examples=["cleaned_output_combined.xlsx"])
    size: int = Field(description="Its bytes.")
    made_at: datetime
    url: str = Field(
        examples=["https://strata.example/api/jobs/fe5e01e7516e1944e572a68d/exports/cleaned_output_combined.xlsx"]
    )


@router.get("/{jobId}/exports", summary="List the exports of a job", responses=documented(401, 404, 410))
def list_exports(caller: Caller, app: Application, request: Request, job_id: JobId) -> list[ExportAnswer]:
    """List the files that a job hands out, by name; none before it has succeeded, nor of most datasets."""
    job = visible_job(app, caller, job_id).job
    base = f"{job_url(str(request.base_url), job_id)}/exports"
    return [
        ExportAnswer(name=name, size=info.size, made_at=info.modified, url=f"{base}/{quote(name)}")
        for name, info in app.export.found(job).items()
    ]


@router.get(
    "/{jobId}/exports/{name:path}",
    summary="Fetch an export of a job",
    response_class=Response,
    responses={
        200: {"description": "The file.", "content": {_XLSX: _BINARY, _CSV: {"schema": {"type": "string"}}}},
        **documented(401, 404, 410),
    },
)
def get_export(
    caller: Caller,
    app: Application,
    job_id: JobId,
    name: Annotated[
        str, Path(description="Its name, with its folder if it has one.", examples=["output_combined.xlsx"])
    ],
) -> Response:
    """Answer a file that a job hands out: a workbook, or CSV.

    Whoever may see the job sees all of it, personal identifiers too.
    """
    job = visible_job(app, caller, job_id).job
    content = app.export.read(job, name)
    headers = {"Content-Disposition": f'attachment; filename="{name.rpartition("/")[2]}"'}
    return Response(content, headers=headers, media_type=_XLSX if name.endswith(".xlsx") else _CSV)
