"""``/api/queries``: business questions asked by name."""

# ruff: noqa: TC001 - FastAPI reads annotations at run time

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request, Response

from functions.http.application import Application
from functions.http.authentication import Admin
from functions.http.models import Answer
from functions.http.problems import documented
from functions.http.rows import RowFormat, choose_format, described_rows, table_response
from shared.errors import InvalidRequestError

router = APIRouter(prefix="/api/queries", tags=["data"])

_PARAMETERS: Final[list[dict[str, Any]]] = [
    {
        "name": "parameters",
        "in": "query",
        "description": "The query's own parameters, each under its name.",
        "style": "form",
        "explode": True,
        "schema": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    {
        "name": "format",
        "in": "query",
        "description": "How to write the rows; without it, the Accept header decides.",
        "schema": {"enum": [str(choice) for choice in RowFormat]},
    },
]


class QueryParameterAnswer(Answer):
    """A parameter of a query, and the value it takes when it is not given."""

    name: str
    type: str
    default: str
    description: str


class QueryAnswer(Answer):
    """A business query that can be asked by name."""

    name: str
    dataset: str
    title: str
    parameters: list[QueryParameterAnswer]


@router.get("", summary="List the queries", responses=documented(401))
def list_queries(_: Admin, app: Application) -> list[QueryAnswer]:
    """List the queries of all datasets with their parameters."""
    return [QueryAnswer.model_validate(query) for query in app.explore.queries()]


@router.get(
    "/{name}",
    summary="Run a query",
    response_class=Response,
    responses={200: described_rows(), **documented(400, 401, 404, 503)},
    openapi_extra={"parameters": _PARAMETERS},
)
def run_query(
    _: Admin, app: Application, request: Request, name: Annotated[str, Path(examples=["revenue_by_category"])]
) -> Response:
    """Run a query and answer its rows; a parameter that the query does not have is an error."""
    given = dict(request.query_params)
    row_format = choose_format(_row_format(given.pop("format", None)), request.headers.get("accept", ""))
    return table_response(app.explore.run(name, given), row_format, name)


def _row_format(text: str | None) -> RowFormat | None:
    if text is None:
        return None
    try:
        return RowFormat(text)
    except ValueError:
        raise InvalidRequestError(
            "The parameter 'format' should be 'json' or 'csv'.", code="invalid_parameter"
        ) from None
