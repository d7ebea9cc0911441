"""``POST /api/jobs/{id}/run-now``: the large path at once, for a job that waits for it."""

# ruff: noqa: TC001 - FastAPI reads annotations at run time

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import Field

from functions.http.application import Application
from functions.http.authentication import Caller
from functions.http.jobs import JobId, visible_job
from functions.http.models import Answer, job_url
from functions.http.models import JobId as JobIdField
from functions.http.problems import documented
from shared.domain.job import JobState

router = APIRouter(prefix="/api/jobs", tags=["jobs"])


class StartedAnswer(Answer):
    """The run of a pipeline that was started."""

    job_id: JobIdField
    state: JobState
    pipeline: str = Field(examples=["LargeBatchCleaningPipeline"])
    pipeline_run_id: str = Field(examples=["6a9d0e7c-0f53-4c39-9d5e-0f6b4a0a4f0e"])
    status_url: str = Field(examples=["https://strata.example/api/jobs/fe5e01e7516e1944e572a68d"])


@router.post(
    "/{jobId}/run-now",
    status_code=202,
    summary="Start the large path for a job",
    responses={202: {"headers": {"Location": {"schema": {"type": "string"}}}}, **documented(401, 404, 409, 503)},
)
def run_now(caller: Caller, app: Application, request: Request, response: Response, job_id: JobId) -> StartedAnswer:
    """Have a large job processed that waits, instead of when it is due (`expectedStart`); follow its state.

    The pipeline takes up other jobs that wait as well. 409 where a job does not wait, 503 where no pipeline answers.
    """
    visible_job(app, caller, job_id)
    started = app.run_now(job_id, caller.user_id)
    url = job_url(str(request.base_url), job_id)
    response.headers["Location"] = url
    return StartedAnswer(
        job_id=job_id,
        state=started.job.state,
        pipeline=started.pipeline,
        pipeline_run_id=started.pipeline_run_id,
        status_url=url,
    )
