"""``/api/adf``: the steps of the pipelines that are the app's; every one may be called twice."""

# ruff: noqa: TC001 - FastAPI reads annotations at run time

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from functions.http.adf_models import (
    ClaimAnswer,
    ClaimRequest,
    ClaimsAnswer,
    CopiedRequest,
    JobStateAnswer,
    PublicationAnswer,
    PublicationRequest,
    ReadyAnswer,
    ReleaseRequest,
    RunParameters,
    RunRequest,
    ShardingAnswer,
    StepRequest,
    SweepAnswer,
    SweepRequest,
    TablePlanAnswer,
)
from functions.http.application import Application
from functions.http.authentication import PipelineCaller
from functions.http.jobs import JobId
from functions.http.problems import documented
from shared.services.large.report_step import Reported, Step, StepReport

router = APIRouter(prefix="/api/adf", tags=["pipelines"])

_POLL_SECONDS: Final = "5"
_LOCATED: Final[dict[str, Any]] = {"headers": {"Location": {"schema": {"type": "string"}}}}
_SHARDING: Final[dict[str, Any]] = {"model": ShardingAnswer, **_LOCATED}


@router.post("/claims", summary="Claim jobs of the large path", responses=documented(400, 401, 403, 404, 409, 503))
def claim_jobs(_: PipelineCaller, app: Application, wanted: ClaimRequest) -> ClaimsAnswer:
    """Hand out jobs that wait, each for a certain time; asked again for the same run, the same jobs come first.

    With `jobId` it is that job or a problem: 409 `not_waiting` where there is nothing to do, or another run does it.
    """
    if wanted.job_id:
        claimed = [app.claim_one(wanted.pipeline_run_id, wanted.job_id)]
    else:
        claimed = app.claim_jobs(wanted.pipeline_run_id, wanted.max_jobs)
    return ClaimsAnswer(count=len(claimed), claims=[ClaimAnswer.of(each) for each in claimed])


@router.post(
    "/jobs/{jobId}/steps",
    summary="Report a step of a job",
    responses={202: _SHARDING, **documented(400, 401, 403, 404, 409, 422, 503)},
)
def report_step(
    _: PipelineCaller, app: Application, request: Request, response: Response, job_id: JobId, told: StepRequest
) -> ShardingAnswer | JobStateAnswer:
    """Note a step on the job's timeline and renew the claim.

    `silver_started` cuts the files into shards; where that lasts the answer is 202 with an address to follow. `silver`
    judges the rows by what the notebook found, `gold` checks every file and writes the manifest. 409 `claim_lost` means
    that the job is not the caller's any more.
    """
    report = StepReport(told.step, told.duration_seconds, told.run_page_url or None)
    return _reported(request, response, app.report_step(job_id, told.run_id, report))


@router.get(
    "/jobs/{jobId}/sharding",
    summary="Ask whether the files of a job are cut",
    responses={202: _SHARDING, **documented(400, 401, 403, 404, 409, 422, 503)},
)
def get_sharding(
    _: PipelineCaller,
    app: Application,
    request: Request,
    response: Response,
    job_id: JobId,
    wanted: Annotated[RunParameters, Query()],
) -> ShardingAnswer | JobStateAnswer:
    """Answer 202 until the files are cut, then 200; renew the claim, and see that somebody cuts them."""
    return _reported(request, response, app.report_step(job_id, wanted.run_id, StepReport(Step.SILVER_STARTED)))


@router.post(
    "/jobs/{jobId}/merge",
    status_code=202,
    summary="Load a job into the operational database",
    responses={202: _LOCATED, 200: {"model": JobStateAnswer}, **documented(400, 401, 403, 404, 409, 422, 503)},
)
def merge_job(
    _: PipelineCaller, app: Application, request: Request, response: Response, job_id: JobId, told: RunRequest
) -> JobStateAnswer:
    """Publish a run from its staging tables, or from its files where not all rows were copied; follow the address."""
    return _concluded(app, request, response, job_id, told.run_id)


@router.post(
    "/jobs/{jobId}/complete",
    status_code=202,
    summary="End a job of the large path",
    responses={202: _LOCATED, 200: {"model": JobStateAnswer}, **documented(400, 401, 403, 404, 409, 422, 503)},
)
def complete_job(
    _: PipelineCaller, app: Application, request: Request, response: Response, job_id: JobId, told: RunRequest
) -> JobStateAnswer:
    """Do what is left of a job: accept its outputs, publish them. It is done already where all went well."""
    return _concluded(app, request, response, job_id, told.run_id)


@router.get(
    "/jobs/{jobId}/conclusion",
    summary="Ask whether a job is published",
    responses={202: {"model": JobStateAnswer, **_LOCATED}, **documented(400, 401, 403, 404, 409, 503)},
)
def get_conclusion(
    _: PipelineCaller,
    app: Application,
    request: Request,
    response: Response,
    job_id: JobId,
    wanted: Annotated[RunParameters, Query()],
) -> JobStateAnswer:
    """Answer 202 until a run is published, then 200; a problem where that cannot be, or has to wait."""
    if not app.conclude.is_done(job_id, wanted.run_id):
        _to_be_followed(request, response, f"{job_id}/conclusion", wanted.run_id)
    return JobStateAnswer.of(app.jobs.get(job_id).job)


@router.post("/jobs/{jobId}/release", summary="Give a job back", responses=documented(400, 401, 403, 404, 503))
def release_job(_: PipelineCaller, app: Application, job_id: JobId, told: ReleaseRequest) -> JobStateAnswer:
    """Have a job tried again after an error or a cancelled run, or end it as failed after several tries.

    A job that has ended, is another run's, or is only to be published is let be.
    """
    job = app.release(job_id, told.run_id, told.failed, told.pipeline_run_id, cancelled=told.cancelled)
    return JobStateAnswer.of(job)


@router.post(
    "/jobs/{jobId}/publication",
    summary="Ask what is to be copied of a job",
    responses=documented(400, 401, 403, 404, 409, 503),
)
def plan_publication(_: PipelineCaller, app: Application, job_id: JobId, told: PublicationRequest) -> PublicationAnswer:
    """Answer the tables of a run, where their files lie, and their staging tables; none if nothing is to do."""
    plans = app.publication.plan(job_id, told.run_id, told.target)
    return PublicationAnswer(tables=[TablePlanAnswer.model_validate(plan) for plan in plans])


@router.post(
    "/jobs/{jobId}/copied", summary="Report that a job was copied", responses=documented(400, 401, 403, 404, 503)
)
def report_copied(_: PipelineCaller, app: Application, job_id: JobId, told: CopiedRequest) -> JobStateAnswer:
    """Note on the job's timeline that the analytical warehouse has it."""
    return JobStateAnswer.of(app.publication.copied(job_id, told.run_id, told.pipeline_run_id))


@router.post("/sweep", summary="Look after jobs, and ask which are ready", responses=documented(400, 401, 403, 503))
def sweep_for_pipeline(_: PipelineCaller, app: Application, wanted: SweepRequest) -> SweepAnswer:
    """Queue again what nobody works on, and answer which jobs the analytical warehouse does not have yet."""
    report = app.sweep()
    ready = [
        ReadyAnswer(job_id=job.job_id, run_id=job.run_id or "", dataset=job.dataset)
        for job in app.await_copy(wanted.max_jobs)
    ]
    return SweepAnswer(stalled=report.stalled, waiting=report.waiting, ready=ready)


def _concluded(app: Application, request: Request, response: Response, job_id: str, run_id: str) -> JobStateAnswer:
    job = app.conclude(job_id, run_id)
    if job.is_final and app.conclude.is_done(job_id, run_id):
        response.status_code = 200
    else:
        _to_be_followed(request, response, f"{job_id}/conclusion", run_id)
    return JobStateAnswer.of(job)


def _reported(request: Request, response: Response, reported: Reported) -> ShardingAnswer | JobStateAnswer:
    job, note = reported.job, reported.sharding
    if note is None:
        return JobStateAnswer.of(job)
    _to_be_followed(request, response, f"{job.job_id}/sharding", job.run_id or "")
    return ShardingAnswer.of_note(job, note)


def _to_be_followed(request: Request, response: Response, path: str, run_id: str) -> None:
    base = str(request.base_url).rstrip("/")
    response.status_code = 202
    response.headers["Location"] = f"{base}/api/adf/jobs/{path}?runId={run_id}"
    response.headers["Retry-After"] = _POLL_SECONDS
