"""LargeBatchCleaningPipeline: every way through it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from devkit.adf.factory import load_factory
from devkit.adf.local.place import PIPELINES
from devkit.adf.local.spark import SETTINGS
from devkit.adf.runs import State
from tests.adf.stand_ins import claim

if TYPE_CHECKING:
    from collections.abc import Callable

    from devkit.adf.runs import PipelineRun
    from tests.adf.stand_ins import App, Notebooks

    Run = Callable[..., PipelineRun]

NAME = "LargeBatchCleaningPipeline"
SHARDING = "/api/adf/jobs/j1/sharding?runId=run-1"
NO_RELEASE = {"NotifySilverStarted": "Succeeded", "Complete": "Succeeded", "Release": "Skipped", "JobFailed": "Skipped"}


def claimed(app: App, *numbers: int) -> None:
    app.answer("/api/adf/claims", (200, {"count": len(numbers), "claims": [claim(number) for number in numbers]}))


def states(run: PipelineRun, *names: str) -> dict[str, str]:
    return {name: run.of(name)[0].state.value for name in names}


def test_files_that_take_hours_to_be_cut_are_waited_for(run: Run, app: App, notebooks: Notebooks) -> None:
    claimed(app, 1)
    app.answer("/api/adf/jobs/j1/steps silver_started", (202, {}), location=SHARDING)
    progress = [(202, {"recordsCut": done, "recordsTotal": 2_000}) for done in range(2_000)]
    app.answer("/api/adf/jobs/j1/sharding", *progress, (200, {}), location=SHARDING)

    done = run(NAME)

    assert done.state == State.SUCCEEDED
    assert app.counts()["/api/adf/jobs/j1/steps silver_started"] == 1
    assert app.counts()["/api/adf/jobs/j1/sharding"] == 2_001
    assert len(notebooks.runs) == 2


def test_a_file_that_turns_out_to_be_unreadable_ends_the_waiting(run: Run, app: App, notebooks: Notebooks) -> None:
    claimed(app, 1)
    app.answer("/api/adf/jobs/j1/steps silver_started", (202, {}), location=SHARDING)
    app.answer("/api/adf/jobs/j1/sharding", (202, {}), (422, {"code": "unreadable_file"}), location=SHARDING)

    done = run(NAME)

    assert done.state == State.FAILED
    assert notebooks.runs == []
    assert app.last("/api/adf/jobs/j1/release")["runId"] == "run-1"


def test_it_ends_at_once_when_there_is_nothing_to_do(run: Run, app: App, notebooks: Notebooks) -> None:
    done = run(NAME)

    assert done.state == State.SUCCEEDED
    assert app.names == ["/api/adf/claims"]
    assert app.last("/api/adf/claims") == {"pipelineRunId": done.id, "maxJobs": 20, "jobId": ""}
    assert notebooks.runs == []


def test_one_job_is_taken_up_where_it_is_named(run: Run, app: App, notebooks: Notebooks) -> None:
    claimed(app, 7)

    assert run(NAME, jobId="j7").state == State.SUCCEEDED
    assert app.last("/api/adf/claims")["jobId"] == "j7"
    assert {job for _, job in notebooks.runs} == {"j7"}


def test_a_cluster_is_told_before_it_starts_what_its_sessions_cannot_change() -> None:
    cluster = load_factory(PIPELINES).get("linkedService", "Databricks").properties["typeProperties"]

    assert cluster["newClusterSparkConf"].items() <= SETTINGS.items(), "as notebooks are run here"
    assert "spark.python.sql.dataFrameDebugging.enabled" in cluster["newClusterSparkConf"]


def test_a_job_goes_through_both_notebooks_and_is_published_and_completed(
    run: Run, app: App, notebooks: Notebooks
) -> None:
    claimed(app, 1)

    done = run(NAME)

    assert done.state == State.SUCCEEDED
    assert notebooks.runs == [("bronze_to_silver", "j1"), ("silver_to_gold", "j1")]
    job = "/api/adf/jobs/j1"
    told = [name for name in app.names if name.startswith(job) and "publication" not in name]
    assert told == [
        f"{job}/steps silver_started",
        f"{job}/steps silver",
        f"{job}/steps gold",
        f"{job}/merge",
        f"{job}/complete",
    ]
    assert app.last(f"{job}/steps silver")["durationSeconds"] == 60
    assert states(done, *NO_RELEASE) == NO_RELEASE


def test_four_jobs_at_a_time_are_cleaned(run: Run, app: App, notebooks: Notebooks) -> None:
    claimed(app, *range(1, 7))

    done = run(NAME)

    assert done.state == State.SUCCEEDED
    assert notebooks.most_at_once == 4
    assert len(notebooks.runs) == 12


def test_a_notebook_that_fails_once_is_tried_again(run: Run, app: App, notebooks: Notebooks) -> None:
    claimed(app, 1)
    notebooks.failing["bronze_to_silver", "j1"] = 1

    done = run(NAME)

    assert done.state == State.SUCCEEDED
    assert done.of("BronzeToSilver")[0].attempt == 2


@pytest.mark.parametrize(
    ("notebook", "activity"), [("bronze_to_silver", "BronzeToSilver"), ("silver_to_gold", "SilverToGold")]
)
def test_a_job_whose_notebook_fails_is_released_with_the_error_and_the_others_go_on(
    run: Run, app: App, notebooks: Notebooks, notebook: str, activity: str
) -> None:
    claimed(app, 1, 2)
    notebooks.failing[notebook, "j1"] = 9

    done = run(NAME)

    assert done.state == State.FAILED
    released = app.last("/api/adf/jobs/j1/release")
    assert dict(zip(released["activities"], released["errors"], strict=True))[activity] == f"{notebook} failed."
    assert app.counts()["/api/adf/jobs/j1/complete"] == 0
    assert app.counts()["/api/adf/jobs/j2/complete"] == 1
    assert app.counts()["/api/adf/jobs/j2/release"] == 0
    assert [each.state.value for each in done.of("JobFailed")] == ["Failed", "Skipped"]


def test_a_job_that_is_no_longer_ours_is_not_cleaned(run: Run, app: App, notebooks: Notebooks) -> None:
    claimed(app, 1)
    app.answer("/api/adf/jobs/j1/steps silver_started", (409, {"code": "claim_lost"}))

    done = run(NAME)

    assert done.state == State.FAILED
    assert notebooks.runs == []
    assert app.counts()["/api/adf/jobs/j1/release"] == 1


def test_silver_that_is_refused_goes_no_further(run: Run, app: App, notebooks: Notebooks) -> None:
    claimed(app, 1)
    app.answer("/api/adf/jobs/j1/steps silver", (422, {"code": "unbalanced"}))

    done = run(NAME)

    assert notebooks.runs == [("bronze_to_silver", "j1")]
    assert states(done, "NotifySilver", "SilverToGold") == {"NotifySilver": "Failed", "SilverToGold": "Skipped"}
    assert "unbalanced" in str(app.last("/api/adf/jobs/j1/release")["errors"])


def test_a_publication_that_fails_releases_the_job(run: Run, app: App) -> None:
    claimed(app, 1)
    app.answer("/api/adf/jobs/j1/merge", (503, {"code": "warehouse_unavailable"}))

    done = run(NAME)

    assert states(done, "PublishGold", "Complete", "Release") == {
        "PublishGold": "Failed",
        "Complete": "Skipped",
        "Release": "Succeeded",
    }
    assert done.state == State.FAILED


def test_a_release_that_fails_leaves_the_failure_and_the_claim_to_its_time(run: Run, app: App, notebooks: Any) -> None:
    claimed(app, 1)
    notebooks.failing["bronze_to_silver", "j1"] = 9
    app.answer("/api/adf/jobs/j1/release", (500, {}))

    done = run(NAME)

    assert states(done, "Release", "JobFailed") == {"Release": "Failed", "JobFailed": "Failed"}


def test_a_claim_that_fails_ends_the_run_after_its_tries(run: Run, app: App) -> None:
    app.answer("/api/adf/claims", (503, {}))

    done = run(NAME)

    assert done.state == State.FAILED
    assert app.counts() == {"/api/adf/claims": 4}
    assert done.seconds == 3 * 30


def test_a_late_answer_is_waited_for(run: Run, app: App) -> None:
    claimed(app, 1)
    job = "/api/adf/jobs/j1"
    later = f"{job}/later"
    app.answers[f"{job}/complete"] = [_later(later)]
    app.answers[later] = [_later(later), _later(later), _done()]

    assert run(NAME).state == State.SUCCEEDED
    assert app.counts()[later] == 3


def _later(location: str) -> httpx.Response:
    return httpx.Response(202, headers={"Location": location, "Retry-After": "1"})


def _done() -> httpx.Response:
    return httpx.Response(200, json={"state": "succeeded"})
