"""The command in this process, and a stand-in for a system that answers what a real one cannot be made to answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from typer.testing import CliRunner

from devkit.cli.app import app

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from typer.testing import Result

URL, TOKEN = "http://strata.test", "the-token-of-this-test"
JOB = {
    "jobId": "a1",
    "jobName": None,
    "dataset": "ecommerce",
    "contractVersion": 1,
    "state": "succeeded",
    "processingPath": "small_batch",
    "recordCount": 3,
    "routing": None,
    "files": [{"filename": "orders.json"}],
    "asOf": "2026-01-31T08:00:00Z",
    "createdAt": "2026-01-31T08:00:00Z",
    "ledger": {},
    "goldTables": {},
    "timeline": [],
    "error": None,
    "supersedes": None,
    "supersededBy": None,
}

Answer = httpx.Response | Exception


@dataclass
class StandIn:
    """Answers what a test puts in, by method and path, the last answer ever again, and keeps the requests."""

    answers: dict[tuple[str, str], list[Answer]] = field(default_factory=dict)
    requests: list[httpx.Request] = field(default_factory=list)

    def answer(self, method: str, path: str, *answers: Answer) -> None:
        self.answers[method, path] = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        waiting = self.answers[request.method, request.url.path]
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(answer, httpx.Response):
            return answer
        raise answer


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    system = StandIn()

    def open_http(url: str, headers: Mapping[str, str] | None = None) -> httpx.Client:
        return httpx.Client(base_url=url, headers=headers, transport=httpx.MockTransport(system))

    monkeypatch.setattr("devkit.cli.client.open_http", open_http)
    monkeypatch.setattr("devkit.cli.storage.open_http", open_http)
    monkeypatch.setattr("time.sleep", lambda _: None)
    return system


@pytest.fixture
def strata(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Give a command in an empty folder, with a system named in the environment."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, **environ: Any) -> Result:
        named = {"STRATA_URL": URL, "STRATA_TOKEN": TOKEN, "STRATA_DATASET": None}
        result = CliRunner(env=named | environ).invoke(app, arguments, prog_name="strata")
        # Whatever happens is said in words.
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        return result

    return run


def problem(status: int, code: str, detail: str = "It went wrong.", advice: str = "Mend it.") -> httpx.Response:
    return httpx.Response(status, json={"detail": detail, "advice": advice, "code": code, "status": status})


def job(**changes: Any) -> httpx.Response:
    return httpx.Response(200, json=JOB | changes)
