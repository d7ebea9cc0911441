"""Tries, times and secrets of activities, cancellation and concurrency."""

import asyncio
from itertools import count

import httpx
import pytest

from devkit.adf.runner import Runner
from devkit.adf.runs import PipelineRun, State
from tests.factories import BASE_URL, Execute, Folder, Json, activity, states, wait

POLICY = {"timeout": "0.00:01:00", "retry": 2, "retryIntervalInSeconds": 45}


def call(name: str = "Call", **policy: object) -> Json:
    return activity(name, "WebActivity", {"url": BASE_URL, "method": "GET"}, policy={**POLICY, **policy})


def test_a_failed_activity_is_tried_again_after_its_interval(execute: Execute) -> None:
    attempts = count(1)

    run = execute([call()], answer=lambda _: httpx.Response(200 if next(attempts) == 3 else 500))

    assert run.state == State.SUCCEEDED
    assert run.activities[0].attempt == 3
    assert run.activities[0].problem is None
    assert run.seconds == 90


def test_tries_come_to_an_end(execute: Execute) -> None:
    run = execute([call()], answer=lambda _: httpx.Response(500, text="broken"))

    assert run.activities[0].attempt == 3
    assert run.activities[0].problem is not None
    assert run.activities[0].problem.message == f"GET {BASE_URL} answered 500 Internal Server Error: broken"


def test_an_activity_that_takes_too_long_is_timed_out_and_counts_as_failed(execute: Execute) -> None:
    slow = wait("Slow", 3600, policy={"timeout": "00:01:00"})

    run = execute([slow, wait("After", 1, ("Slow", "Failed"))])

    assert states(run) == {"Slow": "TimedOut", "After": "Succeeded"}
    assert run.seconds == 61


def test_secrets_are_used_but_not_shown(execute: Execute) -> None:
    reader = activity(
        "Use", "SetVariable", {"variableName": "seen", "value": "@activity('Call').output.secret"}, "Call"
    )

    run = execute(
        [call(secureInput=True, secureOutput=True), reader],
        answer=lambda _: httpx.Response(200, json={"secret": "open sesame"}),
        variables={"seen": {"type": "String"}},
    )

    secret = run.activities[0]
    assert (secret.shown_input, secret.shown_output) == ("(secure)", "(secure)")
    assert run.variables == {"seen": "open sesame"}


def test_a_cancelled_run_ends_at_once_with_all_it_runs(execute: Execute) -> None:
    async def cancel(runner: Runner, run: PipelineRun) -> None:
        await asyncio.sleep(5)
        await runner.cancel(run)

    run = execute([wait("A", 60), wait("B", 60, "A")], watch=cancel)

    assert run.state == State.CANCELLED
    assert states(run) == {"A": "Cancelled", "B": "Cancelled"}
    assert run.seconds == 5


def test_a_pipeline_of_concurrency_one_runs_once_at_a_time(execute: Execute) -> None:
    later: list[PipelineRun] = []

    async def start_another(runner: Runner, _: PipelineRun) -> None:
        await asyncio.sleep(1)
        later.append(runner.start("Main", {}))
        await asyncio.sleep(1)
        assert later[0].state == State.QUEUED
        await runner.wait(later[0])

    first = execute([wait("A", 60)], watch=start_another, concurrency=1)

    assert later[0].started == first.ended


def test_what_cannot_be_run_is_refused_by_name_before_anything_runs(execute: Execute, folder: Folder) -> None:
    folder.add("pipeline", "Child", activities=[activity("Flow", "ExecuteDataFlow", {})])
    execute_child = activity("Go", "ExecutePipeline", {"pipeline": {"referenceName": "Child"}})
    parse = wait("Parse", "@length(xml('<a/>'))")

    with pytest.raises(Exception, match="cannot be run") as caught:
        execute([parse, execute_child])

    assert str(caught.value) == (
        "This cannot be run here: Main, activity Parse: the function 'xml'; "
        "Child, activity Flow: an activity of type ExecuteDataFlow."
    )
