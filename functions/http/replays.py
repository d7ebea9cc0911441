"""``POST /api/jobs/{id}/replay``: a job's files once more, or only what that would change."""

# ruff: noqa: TC001 - FastAPI reads annotations at run time

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from functions.http.application import Application
from functions.http.authentication import Caller
from functions.http.jobs import JobId, visible_job
from functions.http.models import Answer, JobDetail, JobError, LedgerEntry, job_url
from functions.http.models import JobId as JobIdField
from functions.http.parameters import Parameters
from functions.http.problems import documented
from shared.domain.verdicts import Outcome

if TYPE_CHECKING:
    from shared.domain.ledger import Ledger
    from shared.services.rehearse import Rehearsal

router = APIRouter(prefix="/api/jobs", tags=["jobs"])


class ReplayParameters(Parameters):
    """Whether to replay a job, or to say what that would change."""

    dry_run: bool = Field(
        False,
        validation_alias="dry_run",
        description="Only say what a replay would change; nothing is written. For small jobs.",
    )


class RuleChangeAnswer(Answer):
    """How many rows one rule would release, or newly reject."""

    table: str = Field(examples=["user"])
    rule: str = Field(examples=["range"])
    title: str = Field(examples=["Out of range"])
    column: str = Field(examples=["age"])
    label: str = Field(examples=["Age"])
    outcome: Outcome
    rows: int = Field(examples=[12])


class RehearsalAnswer(Answer):
    """What a replay would change; nothing was."""

    dry_run: Literal[True] = Field(description="Always true: this is no job.")
    job_id: JobIdField
    contract_version: int = Field(description="The version by which the job was judged.", examples=[1])
    present_contract_version: int = Field(description="The version by which a replay would judge.", examples=[2])
    released: int = Field(description="Rows that were rejected and would be no more.", examples=[12])
    newly_rejected: int = Field(description="Rows that were not rejected and would be.", examples=[0])
    released_by: list[RuleChangeAnswer] = Field(description="The same by the rule that had rejected them.")
    newly_rejected_by: list[RuleChangeAnswer] = Field(description="The same by the rule that would reject them.")
    ledger_before: dict[str, LedgerEntry] = Field(description="Row counts by table; empty if none was judged.")
    ledger_after: dict[str, LedgerEntry]
    refusal: JobError | None = Field(description="Why nothing of a replay would be published; null if it would be.")

    @classmethod
    def of(cls, rehearsal: Rehearsal) -> RehearsalAnswer:
        """Describe what was found out."""
        return cls(
            dry_run=True,
            job_id=rehearsal.job.job_id,
            contract_version=rehearsal.job.contract_version,
            present_contract_version=rehearsal.version,
            released=sum(change.rows for change in rehearsal.released),
            newly_rejected=sum(change.rows for change in rehearsal.newly_rejected),
            released_by=[RuleChangeAnswer.model_validate(change) for change in rehearsal.released],
            newly_rejected_by=[RuleChangeAnswer.model_validate(change) for change in rehearsal.newly_rejected],
            ledger_before=_entries(rehearsal.before),
            ledger_after=_entries(rehearsal.after),
            refusal=JobError.model_validate(rehearsal.refusal) if rehearsal.refusal else None,
        )


@router.post(
    "/{jobId}/replay",
    status_code=202,
    summary="Run the files of a job once more",
    responses={
        200: {
            "model": JobDetail | RehearsalAnswer,
            "description": "The replay that there was already; with `dry_run`, what one would change.",
        },
        202: {
            "model": JobDetail,
            "description": "The new job.",
            "headers": {"Location": {"schema": {"type": "string"}}},
        },
        **documented(400, 401, 404, 409, 422, 503),
    },
)
def replay_job(
    caller: Caller,
    app: Application,
    request: Request,
    response: Response,
    job_id: JobId,
    wanted: Annotated[ReplayParameters, Query()],
) -> JobDetail | RehearsalAnswer:
    """Judge the stored files of a job that has ended by the present contract, as of the same moment, in a new job.

    It takes the place of the old one once it is published, and until then nothing of that changes. Asking again answers
    the same replay, unless that failed or was stopped. With `dry_run=true` the answer says how many rows would be
    released and newly rejected, by rule, and whether the result would be published. A job whose tables later jobs have
    replaced as a whole is not replayed.
    """
    visible_job(app, caller, job_id)
    if wanted.dry_run:
        response.status_code = 200
        return RehearsalAnswer.of(app.rehearse(job_id))
    replayed, base_url = app.replay(job_id, caller.user_id), str(request.base_url)
    response.status_code = 202 if replayed.created else 200
    response.headers["Location"] = job_url(base_url, replayed.job.job_id)
    return JobDetail.of(app.jobs.get(replayed.job.job_id), base_url)


def _entries(ledger: Ledger) -> dict[str, LedgerEntry]:
    return {table: LedgerEntry.model_validate(counts) for table, counts in ledger.items()}
