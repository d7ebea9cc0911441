"""``/api/tables``: what the warehouse holds, by table and view."""

# ruff: noqa: TC001 - FastAPI reads annotations at run time

from __future__ import annotations

import re
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from functions.http.application import Application
from functions.http.authentication import Admin
from functions.http.models import Answer
from functions.http.problems import documented
from functions.http.rows import RowParameters, choose_format, described_rows, table_response
from shared.errors import InvalidRequestError
from shared.ports import Condition, Selection

router = APIRouter(prefix="/api/tables", tags=["data"])

_CONDITION: Final = re.compile(r"\s*([^=!<>~]+?)\s*(!=|<=|>=|=|<|>|~)(.*)", re.DOTALL)


class ColumnAnswer(Answer):
    """A column and its SQL type."""

    name: str
    type: str


class TableAnswer(Answer):
    """A table or view that can be read."""

    name: str
    kind: str
    rows: int
    columns: list[ColumnAnswer]


class TableParameters(RowParameters):
    """Which rows and columns of a table to read."""

    columns: str | None = Field(None, description="Columns, separated by commas; without it, all of them.")
    filter: list[str] = Field(
        [],
        description="A column, one of = != < <= > >= ~ (contains, in any case), a value. Repeated ones must all hold.",
        examples=[["amount>=100", "payment_status=success"]],
    )
    order_by: str | None = Field(
        None,
        description="Columns to sort by, separated by commas; a leading - sorts downwards.",
        examples=["-amount"],
    )


@router.get("", summary="List the tables", responses=documented(401, 503))
def list_tables(_: Admin, app: Application) -> list[TableAnswer]:
    """List the tables and views with their number of rows and their columns."""
    return [
        TableAnswer(
            name=table.name,
            kind=table.kind,
            rows=table.rows,
            columns=[ColumnAnswer(name=name, type=kind) for name, kind in table.columns],
        )
        for table in app.explore.tables()
    ]


@router.get(
    "/{table}",
    summary="Read a table",
    response_class=Response,
    responses={200: described_rows(), **documented(400, 401, 404, 503)},
)
def read_table(
    _: Admin,
    app: Application,
    request: Request,
    table: Annotated[str, Path(examples=["dw_orders"])],
    wanted: Annotated[TableParameters, Query()],
) -> Response:
    """Answer rows of a table or view; all columns by default, lineage columns included."""
    selection = Selection(
        columns=_names("columns", wanted.columns),
        conditions=[_condition(text) for text in wanted.filter],
        order_by=_names("orderBy", wanted.order_by),
        limit=wanted.limit,
        offset=wanted.offset,
    )
    rows = app.explore.read(table, selection)
    return table_response(rows, choose_format(wanted.format, request.headers.get("accept", "")), table)


def _names(parameter: str, text: str | None) -> list[str]:
    names = [] if text is None else [name.strip() for name in text.split(",")]
    if not all(names):
        raise InvalidRequestError(f"The parameter '{parameter}' has an empty name in it.", code="invalid_parameter")
    return names


def _condition(text: str) -> Condition:
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise InvalidRequestError(
            "A filter should be a column, one of = != < <= > >= ~, and a value.",
            code="invalid_filter",
            advice="Write it like filter=amount>=100; repeat it for further conditions.",
        )
    column, operator, value = found.groups()
    return Condition(column, operator, value)  # type: ignore[arg-type]  # the pattern allows those operators alone
