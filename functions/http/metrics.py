"""``/api/metrics``: the questions about hires that are asked most, each at an address of its own."""

# ruff: noqa: TC001 - FastAPI reads annotations at run time

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from functions.http.application import Application
from functions.http.authentication import Admin
from functions.http.models import Answer
from functions.http.parameters import Parameters
from functions.http.problems import documented
from functions.http.rows import RowFormat, choose_format, described_rows, table_response

if TYPE_CHECKING:
    from shared.bootstrap import App

router = APIRouter(prefix="/api/metrics", tags=["data"])

_DATED: Final = "The same, under the name by which it was first known."


class QuarterlyHires(Answer):
    """How many people a department hired for a job in each quarter of a year."""

    department: str = Field(examples=["Accounting"])
    job: str = Field(examples=["Actuary"])
    q1: int
    q2: int
    q3: int
    q4: int


class DepartmentHires(Answer):
    """How many people a department hired in a year."""

    id: int = Field(examples=[8])
    department: str = Field(examples=["Support"])
    hired: int = Field(examples=[216])


class MetricParameters(Parameters):
    """Of which year, and how to write the rows."""

    year: int | None = Field(None, description="The year of the hires (UTC); 2021 if left out.", examples=[2021])
    format: RowFormat | None = Field(None, description="How to write the rows; else the Accept header decides.")


def _described(row: type[BaseModel], summary: str) -> dict[str, Any]:
    answers = {200: described_rows(list[row]), **documented(400, 401, 404, 503)}  # type: ignore[valid-type]
    return {"summary": summary, "response_class": Response, "responses": answers}


_QUARTERLY: Final = _described(QuarterlyHires, "Hires by department, job and quarter")
_ABOVE_MEAN: Final = _described(DepartmentHires, "Departments that hired more than the mean")


@router.get("/quarterly-hires", **_QUARTERLY)
@router.get("/quarterly-hires-2021", name="get_dated_quarterly_hires", description=_DATED, **_QUARTERLY)
def get_quarterly_hires(
    _: Admin, app: Application, request: Request, wanted: Annotated[MetricParameters, Query()]
) -> Response:
    """Answer the hires of a year by department and job, one column a quarter, in alphabetical order; all rows."""
    return _rows(app, request, wanted, "quarterly_hires")


@router.get("/departments-above-mean", **_ABOVE_MEAN)
@router.get("/departments-above-mean-2021", name="get_dated_departments_above_mean", description=_DATED, **_ABOVE_MEAN)
def get_departments_above_mean(
    _: Admin, app: Application, request: Request, wanted: Annotated[MetricParameters, Query()]
) -> Response:
    """Answer the departments that hired more than the mean over those that hired that year, most hires first."""
    return _rows(app, request, wanted, "departments_above_mean")


def _rows(app: App, request: Request, wanted: MetricParameters, query: str) -> Response:
    given = {} if wanted.year is None else {"year": str(wanted.year)}
    row_format = choose_format(wanted.format, request.headers.get("accept", ""))
    return table_response(app.explore.run(query, given), row_format, query)
