from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from functions.http.app import create_asgi_app
from shared.domain.job import JobState
from shared.domain.large_claim import LargeClaim
from shared.domain.shards import ShardingNote
from shared.errors import ConflictError, UnavailableError
from shared.services.large.hand_out import ClaimedJob
from shared.services.large.publication import TablePlan, Target
from shared.services.large.report_step import Reported, Step, StepReport
from shared.services.large.run_now import Started
from shared.services.sweep import SweepReport
from tests.unit.functions.http.conftest import NOW, PIPELINE_KEY, Client, FakeApp, make_job

RUN = {"runId": "run-1-aa"}
ADDRESSES = {
    f"{kind}Uri": f"abfss://x/{kind}/" for kind in ("input", "work", "silver", "quarantine", "gold", "manifest")
}


class FakeLargePath:
    """Stands in for the services of the large path: keeps what it was asked, and raises what a test wants."""

    def __init__(self, app: FakeApp) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.error: Exception | None = None
        self.done = False
        self.sharding: ShardingNote | None = None
        self.job = make_job(run_id="run-1-aa", state=JobState.GOLD)
        app.jobs_by_id["a1b2c3"] = self.job
        for name in ("claim_jobs", "claim_one", "report_step", "release", "sweep", "await_copy", "run_now"):
            setattr(app, name, getattr(self, name))
        app.conclude = self  # type: ignore[attr-defined]
        app.publication = SimpleNamespace(plan=self.plan, copied=self.copied)  # type: ignore[attr-defined]

    def _ask(self, *question: Any) -> None:
        self.asked.append(question)
        if self.error is not None:
            raise self.error

    def claim_jobs(self, pipeline_run_id: str, most: int) -> list[ClaimedJob]:
        self._ask("claim", pipeline_run_id, most)
        return [self._claimed(pipeline_run_id)]

    def claim_one(self, pipeline_run_id: str, job_id: str) -> ClaimedJob:
        self._ask("claim one", pipeline_run_id, job_id)
        return self._claimed(pipeline_run_id)

    def _claimed(self, pipeline_run_id: str) -> ClaimedJob:
        claim = LargeClaim("a1b2c3", "run-1-aa", pipeline_run_id, "m", "secret", 1, NOW, NOW + timedelta(hours=4))
        return ClaimedJob(self.job, claim, ADDRESSES)

    def report_step(self, job_id: str, run_id: str, report: StepReport) -> Reported:
        self._ask("step", job_id, run_id, report)
        return Reported(self.job, self.sharding)

    def release(
        self, job_id: str, run_id: str, failed: str | None, pipeline_run_id: str | None, *, cancelled: bool
    ) -> Any:
        self._ask("release", job_id, run_id, failed, pipeline_run_id, cancelled)
        return self.job

    def sweep(self) -> SweepReport:
        self._ask("sweep")
        return SweepReport(1, 2)

    def await_copy(self, most: int) -> list[Any]:
        self._ask("await", most)
        return [self.job]

    def run_now(self, job_id: str, by: str) -> Started:
        self._ask("run-now", job_id, by)
        return Started(self.job, "LargeBatchCleaningPipeline", "p-1")

    def __call__(self, job_id: str, run_id: str) -> Any:
        self._ask("conclude", job_id, run_id)
        return self.job

    def is_done(self, job_id: str, run_id: str) -> bool:
        self._ask("done", job_id, run_id)
        return self.done

    def plan(self, job_id: str, run_id: str, target: Target) -> list[TablePlan]:
        self._ask("plan", job_id, run_id, target)
        return [TablePlan("facts", "gold", "analytics/x/facts", "stg_facts")]

    def copied(self, job_id: str, run_id: str, pipeline_run_id: str | None) -> Any:
        self._ask("copied", job_id, run_id, pipeline_run_id)
        return self.job


@pytest.fixture
def large(app: FakeApp) -> FakeLargePath:
    return FakeLargePath(app)


@pytest.fixture
def factory(large: FakeLargePath) -> Client:
    """A client with the pipelines' key."""
    return Client(create_asgi_app(), PIPELINE_KEY)


def test_a_claim_is_answered_with_the_widgets_of_the_notebooks_and_without_its_receipt(factory, large):
    answer = factory.post("/api/adf/claims", json={"pipelineRunId": "p-1", "maxJobs": 3})

    assert large.asked == [("claim", "p-1", 3)]
    assert answer.json() == {
        "count": 1,
        "claims": [
            {
                "jobId": "a1b2c3",
                "parentJobId": "a1b2c3",
                "userId": "admin",
                "dataset": "ecommerce",
                "contractVersion": 1,
                "asOf": "2026-01-31T08:00:00Z",
                "runId": "run-1-aa",
                "expiresAt": "2026-01-31T12:00:00Z",
                **ADDRESSES,
            }
        ],
    }


def test_one_job_can_be_claimed_by_its_id(factory, large):
    answer = factory.post("/api/adf/claims", json={"pipelineRunId": "p-1", "jobId": "a1b2c3"})

    assert large.asked == [("claim one", "p-1", "a1b2c3")]
    assert [each["jobId"] for each in answer.json()["claims"]] == ["a1b2c3"]


def test_a_step_is_passed_on_with_its_time_and_page(factory, large):
    body = {**RUN, "step": "silver", "pipelineRunId": "p-1", "durationSeconds": 12.5, "runPageUrl": "https://page"}

    assert factory.post("/api/adf/jobs/a1b2c3/steps", json=body).json() == {
        "jobId": "a1b2c3",
        "runId": "run-1-aa",
        "state": "gold",
    }
    assert large.asked == [("step", "a1b2c3", "run-1-aa", StepReport(Step.SILVER, 12.5, "https://page"))]


def test_sharding_that_lasts_is_202_and_says_how_far_it_is_and_where_to_ask(factory, large):
    large.sharding = ShardingNote(total=3_000_000, at=NOW, done=1_000_000)

    answer = factory.post("/api/adf/jobs/a1b2c3/steps", json={**RUN, "step": "silver_started"})

    for asked in (answer, factory.get(answer.headers["location"])):
        assert asked.status_code == 202
        assert asked.headers["location"] == "http://strata.test/api/adf/jobs/a1b2c3/sharding?runId=run-1-aa"
        assert int(asked.headers["retry-after"]) > 0
        assert asked.json() == {
            "jobId": "a1b2c3",
            "runId": "run-1-aa",
            "state": "gold",
            "recordsCut": 1_000_000,
            "recordsTotal": 3_000_000,
        }
    large.sharding = None
    done = factory.get(answer.headers["location"])
    assert (done.status_code, done.json()) == (200, {"jobId": "a1b2c3", "runId": "run-1-aa", "state": "gold"})
    assert set(large.asked) == {("step", "a1b2c3", "run-1-aa", StepReport(Step.SILVER_STARTED))}


@pytest.mark.parametrize("step", ["merge", "complete"])
def test_what_takes_long_is_202_and_says_where_to_ask(factory, large, step):
    answer = factory.post(f"/api/adf/jobs/a1b2c3/{step}", json=RUN)

    assert answer.status_code == 202
    assert answer.headers["location"] == "http://strata.test/api/adf/jobs/a1b2c3/conclusion?runId=run-1-aa"
    assert int(answer.headers["retry-after"]) > 0
    assert factory.get(answer.headers["location"]).status_code == 202
    large.done = True
    assert factory.get(answer.headers["location"]).status_code == 200


def test_what_is_done_already_is_200_at_once(factory, large):
    large.done, large.job = True, make_job(run_id="run-1-aa", state=JobState.SUCCEEDED)

    assert factory.post("/api/adf/jobs/a1b2c3/complete", json=RUN).status_code == 200


@pytest.mark.parametrize(
    ("error", "status"), [(ConflictError("Lost.", code="claim_lost"), 409), (UnavailableError("The warehouse."), 503)]
)
def test_what_cannot_be_done_is_a_problem(factory, large, error, status):
    large.error = error

    answer = factory.get("/api/adf/jobs/a1b2c3/conclusion?runId=run-1-aa")

    assert (answer.status_code, answer.json()["code"]) == (status, error.code)


@pytest.mark.parametrize(
    ("errors", "failed"), [([None, "a b", None], "Second"), ([None, None, "x"], "Third"), ([], None), (["", ""], None)]
)
def test_a_release_says_which_activity_failed_and_not_with_what_words(factory, large, errors, failed):
    body = {**RUN, "pipelineRunId": "p-1", "activities": ["First", "Second", "Third"], "errors": errors}

    assert factory.post("/api/adf/jobs/a1b2c3/release", json=body).status_code == 200
    assert large.asked == [("release", "a1b2c3", "run-1-aa", failed, "p-1", False)]


def test_a_run_that_was_cancelled_gives_its_job_back_without_an_error(factory, large):
    assert factory.post("/api/adf/jobs/a1b2c3/release", json={**RUN, "cancelled": True}).status_code == 200
    assert large.asked == [("release", "a1b2c3", "run-1-aa", None, None, True)]


def test_a_publication_lists_its_tables(factory, large):
    answer = factory.post("/api/adf/jobs/a1b2c3/publication", json={**RUN, "target": "operational"})

    (table,) = answer.json()["tables"]
    assert (table["table"], table["stagingTable"], table["folder"]) == ("facts", "stg_facts", "analytics/x/facts")
    assert large.asked == [("plan", "a1b2c3", "run-1-aa", Target.OPERATIONAL)]


def test_a_copy_is_noted(factory, large):
    body = {**RUN, "target": "synapse", "pipelineRunId": "p-1"}

    assert factory.post("/api/adf/jobs/a1b2c3/copied", json=body).status_code == 200
    assert large.asked == [("copied", "a1b2c3", "run-1-aa", "p-1")]


def test_a_sweep_answers_what_it_did_and_what_is_ready(factory, large):
    assert factory.post("/api/adf/sweep", json={}).json() == {
        "stalled": 1,
        "waiting": 2,
        "ready": [{"jobId": "a1b2c3", "runId": "run-1-aa", "dataset": "ecommerce"}],
    }
    assert large.asked == [("sweep",), ("await", 20)]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("claims", {"pipelineRunId": "p", "maxJobs": 0}),
        ("claims", {"maxJobs": 1}),
        ("jobs/a1b2c3/steps", {**RUN, "step": "bronze"}),
        ("jobs/a1b2c3/publication", {**RUN, "target": "excel"}),
        ("jobs/a1b2c3/release", {**RUN, "errors": "none"}),
        ("jobs/a1b2c3/complete", {}),
        ("sweep", {"most": 3}),
    ],
)
def test_a_body_that_is_none_is_400_and_does_nothing(factory, large, path, body):
    assert factory.post(f"/api/adf/{path}", json=body).status_code == 400
    assert large.asked == []


def test_the_pipelines_key_opens_the_pipelines_addresses_alone(factory, large, client):
    assert factory.get("/api/jobs").status_code == 403
    assert factory.get("/api/tables").status_code == 403
    assert factory.post("/api/jobs/a1b2c3/run-now").status_code == 403
    assert client.post("/api/adf/sweep", json={}).status_code == 200, "an administrator may do all"


def test_the_pipelines_key_comes_as_functions_key_too_and_no_key_is_none(stranger, large, app):
    assert stranger.post("/api/adf/sweep", json={}, headers={"x-functions-key": PIPELINE_KEY}).status_code == 200
    app.settings.pipeline_key = None
    assert stranger.post("/api/adf/sweep", json={}, headers={"x-functions-key": PIPELINE_KEY}).status_code == 401


def test_a_job_is_run_now_and_says_where_to_follow_it(client, large):
    answer = client.post("/api/jobs/a1b2c3/run-now")

    assert answer.status_code == 202
    assert answer.headers["location"] == "http://strata.test/api/jobs/a1b2c3"
    assert answer.json() == {
        "jobId": "a1b2c3",
        "state": "gold",
        "pipeline": "LargeBatchCleaningPipeline",
        "pipelineRunId": "p-1",
        "statusUrl": "http://strata.test/api/jobs/a1b2c3",
    }
    assert large.asked == [("run-now", "a1b2c3", "admin")]


def test_a_job_that_does_not_exist_is_not_run(client, large):
    assert client.post("/api/jobs/nothing/run-now").status_code == 404
    assert large.asked == []
