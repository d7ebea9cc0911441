"""``GET /api/passport``: the story of one row, loaded or rejected."""

# ruff: noqa: TC001 - FastAPI reads annotations at run time

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - likewise
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from functions.http.application import Application
from functions.http.authentication import Caller
from functions.http.models import Answer, Dataset, JobId, RejectAnswer, job_url
from functions.http.parameters import Parameters
from functions.http.problems import documented
from functions.http.rows import json_response
from shared.domain.job import JobState
from shared.domain.verdicts import Outcome
from shared.services.passport import Passport, RowQuestion

if TYPE_CHECKING:
    from shared.services.sightings import Sighting

router = APIRouter(prefix="/api/passport", tags=["data"])

_REPAIRS: Final = frozenset({Outcome.REPAIRED, Outcome.NULLED})


class PassportParameters(Parameters):
    """Which row to tell of."""

    table: str = Field(
        min_length=1,
        max_length=100,
        description="A table of a dataset's contract, or of the warehouse.",
        examples=["departments"],
    )
    key: str = Field(
        min_length=1,
        max_length=1_000,
        description="The row's key; the values of one of several columns have | between them. Where rows are told "
        "apart within their job alone, the key in the warehouse begins with the job's id.",
        examples=["8"],
    )
    dataset: str | None = Field(None, description="The dataset, where several have a table of that name.")
    job_id: str | None = Field(None, description="Look into this job alone, and for what it has loaded.")


class CellAnswer(Answer):
    """A cell of a row as its file has it."""

    column: str = Field(examples=["id"])
    label: str = Field(examples=["Department number"])
    header: str | None = Field(description="What the file calls the column; null without a header.", examples=["id"])
    value: str | None = Field(description="The text of the cell; that of a secret is not shown.", examples=["8.0"])


class SightingAnswer(Answer):
    """The row in one job."""

    job_id: JobId
    job_url: str
    state: JobState
    superseded_by: str | None
    replay_of: str | None
    user_id: str
    run_id: str
    contract_version: int
    as_of: datetime
    table: str = Field(description="The table of the contract.", examples=["departments"])
    file: str = Field(examples=["departments.csv"])
    sheet: str | None = Field(description="The sheet, where the file is a workbook.")
    row: int = Field(description="The record's number in its file, or the line or row, from 1.", examples=[9])
    outcome: str = Field(description="accepted, quarantined, duplicate or skipped.", examples=["accepted"])
    raw: list[CellAnswer] | None = Field(description="The cells as they were sent; null where that is not known.")
    raw_problem: str | None = Field(description="Why there are no cells.")
    values: dict[str, Any] | None = Field(description="The values of an accepted row in their types.")
    repairs: list[RejectAnswer] = Field(description="What was changed in the row: values repaired or left empty.")
    verdicts: list[RejectAnswer] = Field(description="Why the row was rejected, and what else was noticed.")
    judged_at: datetime
    loaded_at: datetime | None = Field(description="When the job was published; null for what was not.")
    loaded_into: list[str] = Field(description="The warehouse's tables that the job was loaded into.")

    @classmethod
    def of(cls, sighting: Sighting, base_url: str) -> SightingAnswer:
        """Describe the row in a job; ``base_url`` is where the client reached the API."""
        job, original = sighting.job, sighting.original
        told = [RejectAnswer.model_validate(verdict) for verdict in sighting.verdicts]
        return cls(
            job_id=job.job_id,
            job_url=job_url(base_url, job.job_id),
            state=job.state,
            superseded_by=job.superseded_by,
            replay_of=job.replay_of,
            user_id=job.user_id,
            run_id=sighting.run_id,
            contract_version=sighting.contract_version,
            as_of=job.as_of,
            table=sighting.table,
            file=sighting.file,
            sheet=original.sheet if original else None,
            row=sighting.row,
            outcome=sighting.outcome,
            raw=[CellAnswer.model_validate(cell) for cell in original.cells] if original and original.cells else None,
            raw_problem=original.problem if original else None,
            values=sighting.values,
            repairs=[one for one in told if one.outcome in _REPAIRS],
            verdicts=[one for one in told if one.outcome not in _REPAIRS],
            judged_at=sighting.judged_at,
            loaded_at=sighting.loaded_at,
            loaded_into=list(sighting.loaded_into),
        )


class LoadedRowAnswer(Answer):
    """A row of the warehouse as it is now, and the last job that delivered it."""

    table: str = Field(examples=["departments"])
    job_id: str | None = Field(description="Null where the row was computed after a deletion.")
    user_id: str
    loaded_at: datetime
    values: dict[str, Any] = Field(description="Identifying values are tokens.")


class SearchedAnswer(Answer):
    """What was looked at, for the work is bounded."""

    jobs: int = Field(description="Jobs whose rows were searched.", examples=[12])
    older_jobs_left_out: bool
    remarks: list[str] = Field(description="What else was left out, in sentences.")


class PassportAnswer(Answer):
    """A row's story."""

    dataset: Dataset
    table: str = Field(examples=["departments"])
    key: str = Field(examples=["8"])
    loaded: list[LoadedRowAnswer] = Field(description="What the warehouse has of it now.")
    sightings: list[SightingAnswer] = Field(description="The row in each job that had it, newest first.")
    searched: SearchedAnswer

    @classmethod
    def of(cls, passport: Passport, base_url: str) -> PassportAnswer:
        """Describe a passport; ``base_url`` is where the client reached the API."""
        return cls(
            dataset=passport.dataset,
            table=passport.table,
            key=passport.key,
            loaded=[LoadedRowAnswer.model_validate(row) for row in passport.loaded],
            sightings=[SightingAnswer.of(sighting, base_url) for sighting in passport.sightings],
            searched=SearchedAnswer.model_validate(passport.searched),
        )


@router.get(
    "",
    summary="Tell a row's story",
    response_class=Response,
    responses={200: {"model": PassportAnswer}, **documented(400, 401, 404)},
)
def get_passport(
    caller: Caller, app: Application, request: Request, wanted: Annotated[PassportParameters, Query()]
) -> Response:
    """Answer where a row stood, what its cells held, what became of it and why, and which job loaded it when.

    A rejected row is found by its key as it stood in the file. The jobs searched are those that the warehouse names
    for the row and the latest of its dataset; `searched` says so. A user is told of their own jobs alone.
    """
    question = RowQuestion(wanted.table, wanted.key, wanted.dataset, wanted.job_id)
    answer = PassportAnswer.of(app.passport(question, caller), str(request.base_url))
    return json_response(answer.model_dump(by_alias=True))
