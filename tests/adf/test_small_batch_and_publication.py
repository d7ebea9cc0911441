"""SmallBatchCleaningPipeline and PublishGold: every way through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devkit.adf.runs import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from devkit.adf.runs import PipelineRun
    from tests.adf.stand_ins import App

    Run = Callable[..., PipelineRun]

JOB = "/api/adf/jobs/j1"
COPY, SCRIPT = "/admin/warehouse/copy", "/admin/warehouse/script"


def ready(app: App, *jobs: str) -> None:
    found = [{"jobId": job, "runId": "run-1", "dataset": "ecommerce"} for job in jobs]
    app.answer("/api/adf/sweep", (200, {"stalled": 0, "waiting": 0, "ready": found}))


def test_what_is_ready_is_published_in_order(run: Run, app: App) -> None:
    ready(app, "j1", "j2")

    done = run("SmallBatchCleaningPipeline", maxJobs=5)

    assert done.state == State.SUCCEEDED
    assert app.last("/api/adf/sweep") == {"maxJobs": 5}
    assert [name for name in app.names if name.endswith("/copied")] == [f"{JOB}/copied", "/api/adf/jobs/j2/copied"]
    assert app.counts()[f"{JOB}/merge"] == 0


def test_a_job_that_cannot_be_published_does_not_hold_up_the_next(run: Run, app: App) -> None:
    ready(app, "j1", "j2")
    app.answer(f"{JOB}/publication", (409, {"code": "not_ready"}))

    done = run("SmallBatchCleaningPipeline")

    assert done.state == State.FAILED
    assert app.counts()["/api/adf/jobs/j2/copied"] == 1


def test_a_sweep_that_fails_publishes_nothing(run: Run, app: App) -> None:
    app.answer("/api/adf/sweep", (500, {}))

    done = run("SmallBatchCleaningPipeline")

    assert done.state == State.FAILED
    assert set(app.names) == {"/api/adf/sweep"}


def test_gold_goes_to_both_targets(run: Run, app: App) -> None:
    done = run("PublishGold", jobId="j1", runId="run-1")

    assert done.state == State.SUCCEEDED
    copies = [content["table"] for name, content in app.asked if name == COPY]
    assert copies == ["staging.stg_fact", "synapse.fact", "synapse.stg_fact"]
    scripts = [content["text"] for name, content in app.asked if name == SCRIPT]
    assert scripts[0] == "TRUNCATE TABLE stg_fact"
    assert scripts[1] == 'DROP TABLE IF EXISTS "synapse"."stg_fact"'
    assert scripts[2].startswith('BEGIN TRANSACTION;\nDELETE FROM "synapse"."fact" WHERE 1 = 0;')
    assert app.names.index(f"{JOB}/merge") < app.names.index(f"{JOB}/copied")


def test_a_target_that_is_not_asked_for_is_left_alone(run: Run, app: App) -> None:
    run("PublishGold", jobId="j1", runId="run-1", targets=["operational"])

    assert f"{JOB}/merge" in app.names
    assert f"{JOB}/copied" not in app.names


def test_without_the_operational_database_synapse_is_not_touched(run: Run, app: App) -> None:
    app.answer(f"{JOB}/merge", (409, {"code": "claim_lost"}))

    done = run("PublishGold", jobId="j1", runId="run-1")

    assert done.state == State.FAILED
    assert [content["table"] for name, content in app.asked if name == COPY] == ["staging.stg_fact"]


def test_a_merge_into_synapse_that_fails_is_tried_again_and_then_told(run: Run, app: App) -> None:
    app.answer(SCRIPT, (200, {"resultSets": [], "recordsAffected": 0}), (422, {}))

    done = run("PublishGold", jobId="j1", runId="run-1", targets=["synapse"])

    assert done.of("MergeIntoTarget")[0].attempt == 3
    assert done.state == State.FAILED
    assert f"{JOB}/copied" not in app.names
