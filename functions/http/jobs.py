"""``/api/jobs``: following jobs, reading what they rejected; taking one up again, stopping and deleting it."""

# ruff: noqa: TC001 - FastAPI reads annotations at run time

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AliasChoices, Field
from pydantic.alias_generators import to_camel

from functions.http.application import Application
from functions.http.authentication import Caller
from functions.http.models import JobDetail, JobPageAnswer, RejectAnswer, job_url
from functions.http.parameters import Parameters
from functions.http.problems import documented
from functions.http.rows import MOST_ROWS, RowFormat, RowParameters, choose_format, described_rows, records_response
from shared.domain.job import JobState, ProcessingPath
from shared.domain.roles import Principal
from shared.domain.verdicts import Outcome
from shared.errors import NotFoundError
from shared.ports import JobFilter
from shared.services.browse import Reject

if TYPE_CHECKING:
    from shared.services.browse import JobView

router = APIRouter(prefix="/api/jobs", tags=["jobs"])

JobId = Annotated[str, Path(alias="jobId", description="The job's id.", examples=["fe5e01e7516e1944e572a68d"])]
_REJECT_FIELDS: Final = tuple((field.name, to_camel(field.name)) for field in fields(Reject))
_REJECT_COLUMNS: Final = (
    *(public for _, public in _REJECT_FIELDS if public != "repeats"),
    *("repeatsFile", "repeatsRow"),
)


class JobListParameters(Parameters):
    """Which jobs to list."""

    dataset: str | None = None
    state: JobState | None = None
    path: ProcessingPath | None = None
    job_name: str | None = Field(
        None,
        validation_alias=AliasChoices("jobName", "name"),
        description="Matches anywhere in the job's name, in any case; may also be called 'name'.",
    )
    parent_job_id: str | None = None
    limit: int = Field(50, ge=1, le=500, description="The most jobs to answer.")
    cursor: str | None = Field(None, description="The 'next' of the page before.")


class RejectParameters(RowParameters):
    """Which rejected rows to read."""

    table: str | None = None
    rule: str | None = None
    outcome: Outcome | None = None
    limit: int = Field(MOST_ROWS, ge=0, le=MOST_ROWS, description="The most rows to answer.")


class DeleteParameters(Parameters):
    """What to delete of a job."""

    bronze: bool = Field(False, description="Whether the files as they were sent go too; otherwise they are kept.")


@router.get("", summary="List jobs", responses=documented(400, 401))
def list_jobs(
    caller: Caller, app: Application, request: Request, wanted: Annotated[JobListParameters, Query()]
) -> JobPageAnswer:
    """List jobs, newest first, page by page."""
    criteria = JobFilter(
        dataset=wanted.dataset,
        state=wanted.state,
        path=wanted.path,
        parent_job_id=wanted.parent_job_id,
        user_id=None if caller.is_admin else caller.user_id,
        name=wanted.job_name,
    )
    views, following = app.jobs.find(criteria, wanted.limit, wanted.cursor)
    base_url = str(request.base_url)
    return JobPageAnswer(jobs=[JobDetail.of(view, base_url) for view in views], next=following)


@router.get("/{jobId}", summary="Read a job", responses=documented(401, 404))
def get_job(caller: Caller, app: Application, request: Request, job_id: JobId) -> JobDetail:
    """Answer where a job stands: its state, ledger, gold tables, timeline, and the reason if it failed."""
    return JobDetail.of(visible_job(app, caller, job_id), str(request.base_url))


@router.get(
    "/{jobId}/rejects",
    summary="Read the rows that a job rejected",
    response_class=Response,
    responses={200: described_rows(list[RejectAnswer]), **documented(400, 401, 404, 410)},
)
def list_rejects(
    caller: Caller,
    app: Application,
    request: Request,
    job_id: JobId,
    wanted: Annotated[RejectParameters, Query()],
) -> Response:
    """Answer quarantined, duplicate and skipped rows with reasons; a duplicate names the row it repeats."""
    visible_job(app, caller, job_id)
    rejects = app.jobs.rejects(
        job_id, wanted.table, wanted.rule, wanted.outcome, limit=wanted.limit, offset=wanted.offset
    )
    row_format = choose_format(wanted.format, request.headers.get("accept", ""))
    write = _flat if row_format is RowFormat.CSV else _nested
    return records_response([write(reject) for reject in rejects], row_format, f"rejects-{job_id}", _REJECT_COLUMNS)


@router.post(
    "/{jobId}/retry",
    status_code=202,
    summary="Take a failed or stopped job up again",
    responses=documented(401, 404, 409),
)
def retry_job(caller: Caller, app: Application, request: Request, response: Response, job_id: JobId) -> JobDetail:
    """Process a failed or stopped job again from its stored files, as of the same moment; follow its state."""
    visible_job(app, caller, job_id)
    app.retry(job_id)
    base_url = str(request.base_url)
    response.headers["Location"] = job_url(base_url, job_id)
    return JobDetail.of(app.jobs.get(job_id), base_url)


@router.post(
    "/{jobId}/stop",
    status_code=202,
    summary="Stop a job",
    responses={200: {"model": JobDetail, "description": "It is stopped."}, **documented(401, 404, 409)},
)
def stop_job(caller: Caller, app: Application, request: Request, response: Response, job_id: JobId) -> JobDetail:
    """End a job before anything of it is published: at once while it waits, else after its present stage (202).

    A stopped job can be taken up again by retry. Once publishing has begun it is too late.
    """
    visible_job(app, caller, job_id)
    app.stop(job_id, caller.user_id)
    job = JobDetail.of(app.jobs.get(job_id), str(request.base_url))
    response.status_code = 200 if job.state is JobState.STOPPED else 202
    return job


@router.delete("/{jobId}", summary="Delete a job", responses=documented(400, 401, 404, 409, 503))
def delete_job(
    caller: Caller,
    app: Application,
    request: Request,
    job_id: JobId,
    wanted: Annotated[DeleteParameters, Query()],
) -> JobDetail:
    """Remove the rows and files of a job that has ended; who did so, when, and how much went stays readable.

    Rows that a later job has delivered too are that job's and stay. The same content can then be sent as a new job.
    """
    visible_job(app, caller, job_id)
    app.delete(job_id, caller.user_id, bronze=wanted.bronze)
    return JobDetail.of(app.jobs.get(job_id), str(request.base_url))


def visible_job(app: Application, caller: Principal, job_id: str) -> JobView:
    """Return a job that the caller may see; raises :class:`NotFoundError` for any other."""
    view = app.jobs.get(job_id)
    if not caller.may_see(view.job.user_id):
        raise NotFoundError(f"There is no job '{job_id}'.", code="unknown_job")
    return view


def _nested(reject: Reject) -> dict[str, Any]:
    return {public: getattr(reject, name) for name, public in _REJECT_FIELDS}


def _flat(reject: Reject) -> dict[str, Any]:
    row, repeats = _nested(reject), reject.repeats or {}
    return {
        **row,
        "alsoFailed": ", ".join(reject.also_failed),
        "repeatsFile": repeats.get("file"),
        "repeatsRow": repeats.get("row"),
    }
