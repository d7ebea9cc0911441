"""``strata spark-submit``: what is refused, who has the job meanwhile, and how it is told."""

from __future__ import annotations

import json
import signal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from devkit.adf.local.spark_submit import SparkSubmit
from devkit.adf.runs import State
from tests.unit.devkit.cli.conftest import job, problem

if TYPE_CHECKING:
    from pathlib import Path

    from devkit.adf.execute import Wanted
    from tests.unit.devkit.cli.conftest import StandIn

CLAIMS, RELEASE = "/api/adf/claims", "/api/adf/jobs/a1/release"


@pytest.fixture
def local(tmp_path: Path) -> None:
    """What a running system says of itself."""
    (tmp_path / ".strata").mkdir()
    said = {"baseUrl": "http://127.0.0.1:1", "token": "t", "pipelineKey": "k", "storage": "UseDevelopmentStorage=true"}
    (tmp_path / ".strata" / "local.json").write_text(json.dumps(said), "utf-8")


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Wanted]:
    """What the pipeline is run with, which ends at once and well."""
    asked: list[Wanted] = []

    async def execute(wanted: Wanted, *_: object, live: bool) -> Any:
        asked.append(wanted)
        return SimpleNamespace(state=State.SUCCEEDED)

    monkeypatch.setattr("devkit.adf.execute.execute", execute)
    monkeypatch.setattr(SparkSubmit, "require", lambda _: None)
    return asked


@pytest.fixture
def claimed(stand_in: StandIn) -> StandIn:
    """An app that hands the job out."""
    stand_in.answer("POST", CLAIMS, httpx.Response(200, json={"count": 1, "claims": [{"runId": "run-1"}]}))
    stand_in.answer("POST", RELEASE, httpx.Response(200, json={}))
    stand_in.answer("GET", "/api/jobs/a1", job())
    return stand_in


def sent(system: StandIn, path: str) -> list[Any]:
    return [json.loads(each.content) for each in system.requests if each.url.path == path]


@pytest.mark.usefixtures("local")
def test_the_pipeline_is_run_for_this_job_with_the_spark_that_is_named(
    strata: Any, claimed: StandIn, runs: list[Wanted], tmp_path: Path
) -> None:
    options = ["--master", "yarn", "--conf", "spark.a=1", "--conf", "spark.b=c=d", "--work-dir", str(tmp_path)]

    result = strata("spark-submit", "a1", *options)

    assert (result.exit_code, "Job a1: succeeded" in result.stdout) == (0, True)
    (wanted,) = runs
    assert (wanted.pipeline, wanted.given) == ("LargeBatchCleaningPipeline", {"jobId": "a1", "maxJobs": "1"})
    assert isinstance(wanted.spark, SparkSubmit)
    assert (wanted.spark.master, wanted.spark.work_dir) == ("yarn", tmp_path)
    assert wanted.spark.conf == {"spark.a": "1", "spark.b": "c=d"}
    assert sent(claimed, CLAIMS) == [{"pipelineRunId": wanted.run_id, "jobId": "a1"}], "the run gets the same claim"


@pytest.mark.usefixtures("local")
@pytest.mark.parametrize(
    "answer",
    [
        problem(404, "unknown_job", "There is no job 'a1'."),
        problem(409, "not_waiting", "Job a1 is being worked on."),
    ],
)
def test_a_job_that_cannot_be_claimed_is_not_run(
    strata: Any, stand_in: StandIn, runs: list[Wanted], answer: httpx.Response
) -> None:
    stand_in.answer("POST", CLAIMS, answer)

    result = strata("spark-submit", "a1")

    assert (result.exit_code, result.stderr) == (1, f"Error: {answer.json()['detail']}\nMend it.\n")
    assert runs == []


@pytest.mark.usefixtures("local", "runs")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_ended_gives_the_job_back(
    strata: Any, claimed: StandIn, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    async def execute(*_: object, **__: object) -> None:
        signal.raise_signal(number)

    monkeypatch.setattr("devkit.adf.execute.execute", execute)

    result = strata("spark-submit", "a1")

    assert result.exit_code != 0
    assert "The job is given back" in result.stderr
    (told,) = sent(claimed, RELEASE)
    assert (told["runId"], told["cancelled"]) == ("run-1", True)


@pytest.mark.usefixtures("local", "claimed", "runs")
def test_a_run_that_fails_ends_with_1(strata: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def execute(*_: object, **__: object) -> Any:
        return SimpleNamespace(state=State.FAILED)

    monkeypatch.setattr("devkit.adf.execute.execute", execute)

    assert strata("spark-submit", "a1").exit_code == 1


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--master", "nowhere"], "'nowhere' is no master of Spark."),
        (["--conf", "spark.a"], "'spark.a' gives no value to a name."),
        (["--master", "yarn"], "The machines of yarn need a folder in which they read and write the files of the job."),
    ],
)
def test_a_spark_that_cannot_be_used_is_refused_in_words(strata: Any, options: list[str], sentence: str) -> None:
    result = strata("spark-submit", "a1", *options)

    assert (result.exit_code, result.stderr.splitlines()[0]) == (1, f"Error: {sentence}")


@pytest.mark.usefixtures("runs")
def test_without_a_system_nothing_is_run(strata: Any, runs: list[Wanted]) -> None:
    assert "No local system runs" in strata("spark-submit", "a1").stderr
    assert runs == []
