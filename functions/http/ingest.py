"""``POST /api/ingest/{table_name}``: rows of one table, answered when they are loaded."""

# ruff: noqa: TC001 - FastAPI reads annotations at run time

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Path, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from functions.http.application import Application
from functions.http.authentication import Caller
from functions.http.files import FORM, media_type_of, received_files
from functions.http.models import Answer, Dataset, JobId, LedgerEntry, RejectAnswer, job_url, located
from functions.http.options import JobOptions, described_parameters, read_options
from functions.http.problems import documented
from shared.datasets.catalogue import dataset_of_table
from shared.domain.job import JobState
from shared.errors import DataRejectedError

if TYPE_CHECKING:
    from shared.services.ingest import Ingested

router = APIRouter(prefix="/api/ingest", tags=["jobs"])

_JSON: Final = "application/json"
_ROWS: Final = {"type": "array", "items": {"type": "object"}, "minItems": 1}
_REQUEST_BODY: Final = {
    "required": True,
    "content": {
        _JSON: {
            "schema": {"oneOf": [_ROWS, {"type": "object", "required": ["rows"], "properties": {"rows": _ROWS}}]},
            "example": [{"id": 1, "department": "Support"}, {"id": 2, "department": "Legal"}],
        },
        FORM: {
            "schema": {
                "type": "object",
                "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
            }
        },
        "text/csv": {"schema": {"type": "string"}},
        "application/octet-stream": {"schema": {}},
    },
}


class IngestOptions(JobOptions):
    """What a client says about rows of one table."""

    dataset: str | None = Field(
        None, max_length=100, description="The table's dataset, where several have a table of that name."
    )


class IngestAnswer(Answer):
    """What became of the rows."""

    job_id: JobId
    dataset: Dataset
    table: str = Field(examples=["departments"])
    state: JobState
    record_count: int | None = Field(examples=[2])
    ledger: dict[str, LedgerEntry] = Field(description="Row counts by table; empty while the job is not processed.")
    rejected: list[RejectAnswer] = Field(
        description="Rows that were not loaded, and why: the first of them, as many as may be sent as JSON."
    )
    status_url: str = Field(examples=["https://strata.example/api/jobs/fe5e01e7516e1944e572a68d"])

    @classmethod
    def of(cls, ingested: Ingested, table: str, base_url: str) -> IngestAnswer:
        """Describe what became of a request; ``base_url`` is where the client reached the API."""
        view = ingested.view
        return cls(
            job_id=view.job.job_id,
            dataset=view.job.dataset,
            table=table,
            state=view.job.state,
            record_count=view.job.record_count,
            ledger={name: LedgerEntry.model_validate(counts) for name, counts in view.ledger.items()},
            rejected=[RejectAnswer.model_validate(reject) for reject in ingested.rejected],
            status_url=job_url(base_url, view.job.job_id),
        )


@router.post(
    "/{table_name}",
    status_code=201,
    summary="Load rows of one table",
    responses={
        200: {"model": IngestAnswer, "description": "The same content came before: what became of it."},
        201: {"description": "The rows are loaded, except those rejected."},
        202: {"model": IngestAnswer, "description": "The job goes on by itself; follow it at `statusUrl`."},
        **documented(400, 401, 404, 411, 413, 422, 503),
    },
    openapi_extra={"parameters": described_parameters(IngestOptions), "requestBody": _REQUEST_BODY},
)
async def ingest_rows(
    caller: Caller,
    app: Application,
    request: Request,
    response: Response,
    table_name: Annotated[str, Path(examples=["departments"])],
) -> IngestAnswer:
    """Load up to 1,000 rows of JSON or one file of a table in one transaction, and answer which rows were rejected.

    They are added, or take the place of rows of equal key, also in a table that a file sent to `/api/jobs` replaces.
    References hold if they name a row of the same request or one that is loaded already. JSON comes as an array of
    objects or as `{"rows": [...]}`; a file as a form, or as the body itself with its name in `filename`. A file
    above the small threshold is queued (202). When no row can be loaded the answer is 422 with the same members.
    """
    async with received_files(request) as (uploads, fields):
        options = read_options(IngestOptions, {**fields, **request.query_params})
        if await request.is_disconnected():
            raise ClientDisconnect
        holds_rows = media_type_of(request) == _JSON and options.filename is None

        def ingest() -> Ingested:
            dataset = dataset_of_table(table_name, options.dataset)
            return app.ingest(options.job_request(caller.user_id, dataset, uploads), table_name, rows=holds_rows)

        with located(str(request.base_url)):
            ingested = await run_in_threadpool(ingest)
    answer = IngestAnswer.of(ingested, table_name, str(request.base_url))
    _refuse_failure(ingested, answer)
    response.status_code = _status(ingested)
    response.headers["Location"] = answer.status_url
    return answer


def _refuse_failure(ingested: Ingested, answer: IngestAnswer) -> None:
    """Raise why nothing was loaded, with all that an answer holds."""
    problem = ingested.view.job.problem
    if ingested.view.job.state is JobState.FAILED and problem is not None:
        members: dict[str, Any] = {**problem.details, **answer.model_dump(mode="json", by_alias=True)}
        raise DataRejectedError(problem.message, advice=problem.advice, code=problem.code, **members)


def _status(ingested: Ingested) -> int:
    if not ingested.view.job.is_final:
        return 202
    return 201 if ingested.created else 200
