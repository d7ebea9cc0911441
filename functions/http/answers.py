"""``/api/jobs/{jobId}/answers``: what the business queries answered right after a job."""

# ruff: noqa: TC001 - FastAPI reads annotations at run time

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import Field

from functions.http.application import Application
from functions.http.authentication import Admin
from functions.http.jobs import JobId, visible_job
from functions.http.models import Answer
from functions.http.problems import documented

router = APIRouter(prefix="/api/jobs", tags=["data"])


class StoredAnswer(Answer):
    """A business query and its answer, as it was right after a job."""

    name: str = Field(examples=["top_doctor"])
    title: str = Field(examples=["Which doctor has the most confirmed appointments?"])
    parameters: dict[str, str] = Field(description="The values that its parameters had: their defaults.")
    rows: list[dict[str, Any]]


@router.get(
    "/{jobId}/answers",
    summary="Read what the queries answered after a job",
    responses=documented(401, 404, 410),
)
def list_answers(caller: Admin, app: Application, job_id: JobId) -> list[StoredAnswer]:
    """Answer the business queries of the job's dataset as they were answered when it was published.

    They tell of all that the warehouse held then, not of this job's rows alone. ``/api/queries`` asks again.
    """
    job = visible_job(app, caller, job_id).job
    return [StoredAnswer.model_validate(answer) for answer in app.answers.of(job)]
