from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from shared.adapters.azure.pipelines import DataFactoryPipelines
from shared.domain.job import JobState
from shared.errors import ConflictError, UnavailableError
from tests.integration.services.large_path import claim_one

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.services.conftest import Bench


class Factory(ThreadingHTTPServer):
    """What runs pipelines: keeps what it was asked, and answers as it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.asked: list[tuple[str, str | None, Any]] = []
        self.answer: tuple[int, Any] = (202, {"runId": "pipeline-1"})

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    server: Factory

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, self.headers.get("x-functions-key"), json.loads(body)))
        status, content = self.server.answer
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Stay silent."""


@pytest.fixture
def factory() -> Iterator[Factory]:
    with Factory() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_waiting_job_has_its_pipeline_started_and_its_timeline_says_by_whom(
    large: Bench, records: bytes, factory: Factory
) -> None:
    job = large.receive(records).job
    app = large.another_app(pipelines_url=f"{factory.address}/runs", pipelines_key="key")
    started = app.run_now(job.job_id, "ann")
    assert (started.pipeline, started.pipeline_run_id) == ("LargeBatchCleaningPipeline", "pipeline-1")
    assert factory.asked == [("/runs", "key", {"pipeline": "LargeBatchCleaningPipeline", "parameters": {}})]
    told = app.jobs.get(job.job_id).timeline[-1].note or ""
    assert "ann" in told
    assert "pipeline-1" in told


def test_only_a_job_that_waits_for_the_large_path_is_started(large: Bench, records: bytes, factory: Factory) -> None:
    app = large.another_app(pipelines_url=f"{factory.address}/runs")
    job = large.receive(records).job
    claim_one(large)
    small = large.another_app(small_batch_threshold=10_000)
    others = [large.receive(records, app=small, user_id="bob").job]
    for state in (JobState.GOLD, JobState.STOPPED):
        other = large.receive(records, user_id=state.value).job
        others.append(large.app.job_store.save(replace(other, state=state)))
    for each in (job, *others):
        with pytest.raises(ConflictError) as refused:
            app.run_now(each.job_id, "ann")
        assert refused.value.code == "not_waiting"
    assert factory.asked == []


def test_a_job_whose_runner_was_not_heard_of_for_too_long_can_be_started(
    large: Bench, records: bytes, factory: Factory
) -> None:
    app = large.another_app(pipelines_url=f"{factory.address}/runs", claim_seconds=1)
    job = large.receive(records).job
    app.claim_jobs("dies", 1)
    assert app.jobs.get(job.job_id).expected_start is None
    time.sleep(1.2)
    assert app.jobs.get(job.job_id).expected_start is not None, "it says when it is due"
    assert app.run_now(job.job_id, "ann").pipeline_run_id == "pipeline-1"
    assert claim_one(large, "pipeline-1").job.job_id == job.job_id


@pytest.mark.parametrize("answer", [(500, {}), (404, {}), (200, {"id": 1}), (200, [])])
def test_a_factory_that_does_not_answer_as_it_should_is_unavailable(
    large: Bench, records: bytes, factory: Factory, answer: tuple[int, Any]
) -> None:
    factory.answer = answer
    app = large.another_app(pipelines_url=f"{factory.address}/runs")
    with pytest.raises(UnavailableError, match="pipelines"):
        app.run_now(large.receive(records).job.job_id, "ann")


def test_a_system_without_pipelines_says_how_to_name_them(large: Bench, records: bytes) -> None:
    with pytest.raises(UnavailableError) as refused:
        large.app.run_now(large.receive(records).job.job_id, "ann")
    assert "STRATA_PIPELINES_URL" in refused.value.advice


def test_a_pipeline_of_a_data_factory_is_started_by_its_rest_interface(factory: Factory) -> None:
    class Identity:
        def get_token(self, *_: str, **__: Any) -> Any:
            return type("Token", (), {"token": "t", "expires_on": 2**40})()

    resource = "/subscriptions/s/resourceGroups/g/providers/Microsoft.DataFactory/factories/f"
    pipelines = DataFactoryPipelines(resource, Identity(), management=factory.address)
    assert pipelines.start("LargeBatchCleaningPipeline", {"maxJobs": 3}) == "pipeline-1"
    ((path, _, body),) = factory.asked
    assert path == f"{resource}/pipelines/LargeBatchCleaningPipeline/createRun?api-version=2018-06-01"
    assert body == {"maxJobs": 3}
