"""``/api/jobs/{jobId}/quality``: how good the rows of a job are."""

# ruff: noqa: TC001 - FastAPI reads annotations at run time

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from fastapi import APIRouter
from pydantic import Field

from functions.http.application import Application
from functions.http.authentication import Caller
from functions.http.jobs import JobId, visible_job
from functions.http.models import Answer
from functions.http.problems import documented
from shared.domain.scorecard import Status
from shared.domain.verdicts import Severity

if TYPE_CHECKING:
    from shared.domain.scorecard import RuleScore, Scorecard, TableScore

router = APIRouter(prefix="/api/jobs", tags=["jobs"])


class JudgedAnswer(Answer):
    """A share of rows in percent, and how it is judged."""

    value: float | None = Field(description="Null where there are no rows.", examples=[82.9268])
    threshold: float | None = Field(description="Below it the status is not 'pass'; null: never.", examples=[95.0])
    block_below: float | None = Field(description="Below it nothing is published; null: never.", examples=[50.0])
    severity: Severity
    status: Status


class RuleScoreAnswer(JudgedAnswer):
    """The share of the rows read that keep a rule."""

    name: str = Field(examples=["doctor-exists"])
    rule: str = Field(description="The rule's code, as of rejected rows.", examples=["reference"])
    column: str = Field(examples=["doctor_id"])
    label: str = Field(examples=["Doctor number"])
    title: str = Field(examples=["Unknown reference"])
    message: str = Field(examples=["Doctor number names no accepted row of Doctor."])
    how_to_fix: str = Field(examples=["Correct the reference, or send the row that it names first."])
    broken: int = Field(description="How many of the rows read break it.", examples=[175])

    @classmethod
    def of(cls, score: RuleScore) -> RuleScoreAnswer:
        """Describe the score of a rule."""
        return cls.model_validate({**asdict(score), **asdict(score.judgement)})


class TableScoreAnswer(JudgedAnswer):
    """The share of the rows read that were accepted, and the rules that were broken or are named in the contract."""

    table: str = Field(examples=["appointments"])
    label: str = Field(examples=["Appointment"])
    read: int = Field(examples=[1025])
    accepted: int = Field(examples=[848])
    rules: list[RuleScoreAnswer]

    @classmethod
    def of(cls, score: TableScore) -> TableScoreAnswer:
        """Describe the score of a table."""
        rules = [RuleScoreAnswer.of(rule) for rule in score.rules]
        return cls.model_validate({**asdict(score), **asdict(score.judgement), "rules": rules})


class MetricAnswer(Answer):
    """A figure that the contract asks for, in percent."""

    name: str = Field(examples=["id_completeness"])
    value: float = Field(examples=[99.7073])
    threshold: float | None = Field(examples=[100.0])
    severity: Severity
    status: Status


class ReconciledAnswer(Answer):
    """A figure that a file states, and what its rows come to."""

    file: str | None = Field(examples=["report.html"])
    name: str = Field(examples=["total billed"])
    stated: float | None = Field(description="Null where the file does not state it.", examples=[53285.82])
    found: float = Field(examples=[53285.82])
    agrees: bool | None


class QualityAnswer(Answer):
    """The scorecard of a job."""

    job_id: str
    status: Status = Field(description="The worst of all that is judged.")
    blocked_by: list[str] = Field(description="For which figures nothing was published.")
    tables: list[TableScoreAnswer]
    metrics: list[MetricAnswer]
    reconciliation: list[ReconciledAnswer]

    @classmethod
    def of(cls, job_id: str, card: Scorecard) -> QualityAnswer:
        """Describe the scorecard of a job."""
        return cls(
            job_id=job_id,
            status=card.status,
            blocked_by=list(card.blocked_by),
            tables=[TableScoreAnswer.of(score) for score in card.tables],
            metrics=[MetricAnswer.model_validate(metric) for metric in card.metrics],
            reconciliation=[ReconciledAnswer.model_validate(figure) for figure in card.reconciliation],
        )


@router.get("/{jobId}/quality", summary="Read how good a job's rows are", responses=documented(401, 404, 410))
def get_quality(caller: Caller, app: Application, job_id: JobId) -> QualityAnswer:
    """Answer the scorecard: by table and rule, the contract's metrics, and how stated totals compare with the rows.

    Shares are of the rows read, before any is rejected. It is there once the rows are judged, also if the job failed.
    """
    visible_job(app, caller, job_id)
    return QualityAnswer.of(job_id, app.jobs.quality(job_id))
