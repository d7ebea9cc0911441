"""The API in memory: the real ASGI application before a stand-in for the services."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import anyio
import httpx
import pyarrow as pa
import pytest
from pydantic import SecretStr

from functions.http.app import create_asgi_app
from shared import bootstrap
from shared.domain.answer import Answer
from shared.domain.job import Job, JobFile, ProcessingPath, TimelineEvent
from shared.domain.ledger import Balance
from shared.domain.routing import route
from shared.errors import NotFoundError
from shared.ports import BlobInfo, Selection, TableInfo
from shared.services.browse import JobView, Reject
from shared.services.ingest import Ingested
from shared.services.receive import JobRequest, Receipt
from shared.services.replay import Replayed

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp

    from shared.domain.roles import Principal
    from shared.domain.scorecard import Scorecard
    from shared.services.passport import Passport, RowQuestion
    from shared.services.rehearse import Rehearsal

TOKEN = "the-token-of-this-test"
PIPELINE_KEY = "the-key-of-the-pipelines"
NOW = datetime(2026, 1, 31, 8, 0, tzinfo=UTC)


def make_job(**changes: Any) -> Job:
    values = {
        "job_id": "a1b2c3",
        "parent_job_id": "a1b2c3",
        "user_id": "admin",
        "dataset": "ecommerce",
        "contract_version": 1,
        "as_of": NOW,
        "content_key": "key",
        "created_at": NOW,
        "updated_at": NOW,
        "record_count": 3,
        "processing_path": ProcessingPath.SMALL_BATCH,
    }
    return Job(**(values | changes))


def make_view(job: Job) -> JobView:
    return JobView(
        job=job,
        routing=route(3, 120, 10_000),
        files=(JobFile("orders.json", "bronze/path", "ab12", 120, records=3),),
        ledger={"users": Balance(read=3, silver=1, quarantined=1, duplicate=1)},
        gold_rows={"dw_users": 1},
        timeline=[TimelineEvent("received", NOW, 12, None), TimelineEvent("routed", NOW, 1, "small")],
    )


REJECTS = [
    Reject(
        table="users",
        file="orders.json",
        row=2,
        outcome="quarantined",
        column="email",
        label="E-mail",
        rule="email-form",
        title="Not an e-mail address",
        severity="warning",
        value="=nobody",
        message="'=nobody' is no e-mail address.",
        how_to_fix="Write it like name@example.org.",
        key="U2",
        also_failed=["age:range", "name:required"],
        repeats=None,
    ),
    Reject(
        table="users",
        file="orders.json",
        row=3,
        outcome="duplicate",
        column=None,
        label=None,
        rule="duplicate",
        title="Repeated row",
        severity="warning",
        value=None,
        message="Repeats an earlier row.",
        how_to_fix=None,
        key="U1",
        also_failed=[],
        repeats={"file": "orders.json", "row": 1},
    ),
]


@dataclass
class FakeApp:
    """Stands in for the services: answers what a test puts in, and keeps what it was asked."""

    jobs_by_id: dict[str, Job] = field(default_factory=lambda: {"a1b2c3": make_job()})
    received: list[tuple[JobRequest, list[bytes]]] = field(default_factory=list)
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    created: bool = True
    rehearsal: Rehearsal | None = None
    story: Passport | None = None
    error: Exception | None = None
    card: Scorecard | Exception | None = None
    table: pa.Table = field(default_factory=lambda: pa.table({"sku": ["A", "B"], "price": [1.5, 2.0]}))
    tokens: Any = None
    checks: dict[str, Any] = field(default_factory=lambda: {"storage": SimpleNamespace(ok=True, ms=2, problem=None)})
    settings: Any = field(
        default_factory=lambda: SimpleNamespace(
            api_token=SecretStr(TOKEN), pipeline_key=SecretStr(PIPELINE_KEY), max_upload_bytes=10_000
        )
    )

    @property
    def jobs(self) -> FakeApp:
        return self

    @property
    def explore(self) -> FakeApp:
        return self

    def _ask(self, *question: Any) -> None:
        self.asked.append(question)
        if self.error is not None:
            raise self.error

    def receive(self, request: JobRequest) -> Receipt:
        self.received.append((request, [upload.stream.read() for upload in request.uploads]))
        self._ask("receive")
        return Receipt(make_job(job_name=request.job_name), route(3, 120, 10_000), self.created)

    def fetch(self, request: JobRequest, url: str, default_name: str) -> Receipt:
        self.received.append((request, []))
        self._ask("fetch", url, default_name)
        return Receipt(make_job(job_name=request.job_name), route(3, 120, 10_000), self.created)

    def ingest(self, request: JobRequest, table: str, *, rows: bool) -> Ingested:
        self.received.append((request, [upload.stream.read() for upload in request.uploads]))
        self._ask("ingest", table, rows)
        return Ingested(make_view(self.jobs_by_id["a1b2c3"]), self.created, REJECTS)

    def retry(self, job_id: str) -> Job:
        self._ask("retry", job_id)
        return self.jobs_by_id[job_id]

    def replay(self, job_id: str, by: str) -> Replayed:
        self._ask("replay", job_id, by)
        return Replayed(self.jobs_by_id["d4e5f6"], self.created)

    def rehearse(self, job_id: str) -> Rehearsal | None:
        self._ask("rehearse", job_id)
        return self.rehearsal

    def passport(self, question: RowQuestion, caller: Principal) -> Passport | None:
        self._ask("passport", question, caller)
        return self.story

    def stop(self, job_id: str, by: str) -> Job:
        self._ask("stop", job_id, by)
        return self.jobs_by_id[job_id]

    def delete(self, job_id: str, by: str, *, bronze: bool) -> Job:
        self._ask("delete", job_id, by, bronze)
        return self.jobs_by_id[job_id]

    def get(self, job_id: str) -> JobView:
        self._ask("get", job_id)
        if job_id not in self.jobs_by_id:
            raise NotFoundError(f"There is no job '{job_id}'.", code="unknown_job")
        return make_view(self.jobs_by_id[job_id])

    def find(self, wanted: Any, limit: int, token: str | None) -> tuple[list[JobView], str | None]:
        self._ask("find", wanted, limit, token)
        return [make_view(job) for job in self.jobs_by_id.values()], "next-page"

    def rejects(self, *wanted: Any, **page: Any) -> list[Reject]:
        self._ask("rejects", *wanted, page)
        return REJECTS

    @property
    def answers(self) -> FakeApp:
        return self

    def of(self, job: Job) -> list[Answer]:
        self._ask("answers", job.job_id)
        return [Answer("best_sellers", "Best", {"top": "10"}, [{"sku": "A", "share": 81.2268}])]

    def quality(self, job_id: str) -> Scorecard:
        self._ask("quality", job_id)
        if isinstance(self.card, Exception):
            raise self.card
        assert self.card is not None
        return self.card

    @property
    def export(self) -> SimpleNamespace:
        return SimpleNamespace(found=self._exports, read=self._export)

    def _exports(self, job: Job) -> dict[str, BlobInfo]:
        self._ask("exports", job.job_id)
        return {"csv_uploads/a b.csv": BlobInfo("admin/a1b2c3/a1b2c3/csv_uploads/a b.csv", 7, "1", NOW)}

    def _export(self, job: Job, name: str) -> bytes:
        self._ask("export", job.job_id, name)
        return b"content"

    def tables(self) -> list[TableInfo]:
        self._ask("tables")
        return [TableInfo("dw_users", 2, (("sku", "VARCHAR"), ("_job_id", "VARCHAR")))]

    def read(self, table: str, wanted: Selection) -> pa.Table:
        self._ask("read", table, wanted)
        return self.table

    def queries(self) -> list[Any]:
        parameter = SimpleNamespace(name="top", type="integer", default="10", description="How many.")
        return [SimpleNamespace(name="best_sellers", dataset="ecommerce", title="Best", parameters=(parameter,))]

    def run(self, name: str, parameters: dict[str, str]) -> pa.Table:
        self._ask("run", name, parameters)
        return self.table

    def health(self) -> dict[str, Any]:
        return self.checks


class Client:
    """Sends requests to an ASGI application without a server; an exception that leaves it fails the test."""

    def __init__(self, app: ASGIApp, token: str | None) -> None:
        self._app = app
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def request(self, method: str, url: str, **options: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://strata.test", headers=self._headers
            ) as client:
                return await client.request(method, url, **options)

        return anyio.run(send)

    def get(self, url: str, **options: Any) -> httpx.Response:
        return self.request("GET", url, **options)

    def post(self, url: str, **options: Any) -> httpx.Response:
        return self.request("POST", url, **options)


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> FakeApp:
    fake = FakeApp()
    monkeypatch.setattr(bootstrap, "get_app", lambda: fake)
    return fake


@pytest.fixture(scope="session")
def api() -> ASGIApp:
    """The application, which keeps nothing from call to call: it asks for the services each time."""
    return create_asgi_app()


@pytest.fixture
def client(app: FakeApp, api: ASGIApp) -> Client:
    """A client with a valid token."""
    return Client(api, TOKEN)


@pytest.fixture
def stranger(app: FakeApp, api: ASGIApp) -> Client:
    """A client without a token."""
    return Client(api, None)


@pytest.fixture
def client_of() -> Callable[[ASGIApp], Client]:
    """Make a client of any ASGI application."""
    return lambda application: Client(application, TOKEN)
