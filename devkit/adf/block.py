"""Runs activities that stand side by side: each when those it depends on have ended."""

from __future__ import annotations

import asyncio
import logging
from collections import ChainMap
from typing import TYPE_CHECKING

from devkit.adf.activities import ACTIVITIES
from devkit.adf.context import Context
from devkit.adf.errors import ActivityError, AdfError
from devkit.adf.outcome import failures, may_run
from devkit.adf.policy import Policy
from devkit.adf.runs import ActivityRun, Problem, State
from devkit.adf.scopes import activities_seen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from devkit.adf.expressions.scope import Scope
    from devkit.adf.factory import Json
    from devkit.adf.runner import Runner
    from devkit.adf.runs import PipelineRun

_log = logging.getLogger(__name__)


async def run_block(
    runner: Runner,
    pipeline_run: PipelineRun,
    activities: Sequence[Json],
    scope: Scope,
    records: list[ActivityRun],
    outer: Mapping[str, ActivityRun],
    iteration: int | None,
) -> list[ActivityRun]:
    """Run activities and return those for which they failed together.

    ``records`` gets their runs as they come to be; ``outer`` are runs around the block that its expressions may see.
    """
    runs = {each["name"]: ActivityRun(each["name"], each["type"], iteration) for each in activities}
    records.extend(runs.values())
    results = ChainMap(runs, dict(outer))
    ended = {name: asyncio.Event() for name in runs}

    async def run_in_turn(activity: Json) -> None:
        run = runs[activity["name"]]
        try:
            dependencies = activity.get("dependsOn") or []
            for each in dependencies:
                await ended[each["activity"]].wait()
            if not may_run(dependencies, {name: each.state for name, each in runs.items()}):
                run.state = State.SKIPPED
            elif activity.get("state") == "Inactive":
                run.state = State(activity.get("onInactiveMarkAs", "Succeeded"))
            else:
                await _run_activity(activity, runner, pipeline_run, run, scope, results)
        finally:
            if run.state in {State.QUEUED, State.IN_PROGRESS}:
                run.state = State.CANCELLED
                run.ended = runner.now()
            ended[activity["name"]].set()

    async with asyncio.TaskGroup() as group:
        for activity in activities:
            group.create_task(run_in_turn(activity))
    return failures(activities, runs)


async def _run_activity(
    activity: Json,
    runner: Runner,
    pipeline_run: PipelineRun,
    run: ActivityRun,
    scope: Scope,
    results: Mapping[str, ActivityRun],
) -> None:
    async def inner(activities: Sequence[Json], within: Scope, iteration: int | None) -> list[ActivityRun]:
        return await run_block(runner, pipeline_run, activities, within, run.children, results, iteration)

    context = Context(runner, pipeline_run, run, activities_seen(scope, pipeline_run, results), inner)
    run.started, run.state = runner.now(), State.IN_PROGRESS
    try:
        policy = Policy.of(activity, context.evaluate)
    except AdfError as error:
        run.state, run.problem = State.FAILED, _problem(error)
    else:
        run.secure_input, run.secure_output = policy.secure_input, policy.secure_output
        await _try_until_done(activity, context, policy)
    run.ended = runner.now()


async def _try_until_done(activity: Json, context: Context, policy: Policy) -> None:
    run = context.record
    for attempt in range(1, policy.tries + 1):
        run.attempt = attempt
        state = await _try(activity, context, policy.timeout)
        if state is State.SUCCEEDED or attempt == policy.tries:
            run.state = state
            break
        reason = run.problem.message if run.problem else state
        _log.warning("activity %s, try %d of %d: %s", run.name, attempt, policy.tries, reason)
        await asyncio.sleep(policy.interval)


async def _try(activity: Json, context: Context, seconds: float | None) -> State:
    run = context.record
    try:
        async with asyncio.timeout(seconds) as timeout:
            run.output = await ACTIVITIES[activity["type"]].run(activity, context)
    except TimeoutError:
        if not timeout.expired():
            raise
        run.problem = Problem("ActivityTimeout", f"The activity did not end within {seconds:.0f} s.")
        return State.TIMED_OUT
    except AdfError as error:
        run.problem = _problem(error)
        return State.FAILED
    except Exception as error:
        _log.exception("activity %s broke off", run.name)
        run.problem = Problem("InternalError", f"The runner failed: {type(error).__name__}.")
        return State.FAILED
    run.problem = None
    return State.SUCCEEDED


def _problem(error: AdfError) -> Problem:
    return Problem(error.code if isinstance(error, ActivityError) else "InvalidTemplate", str(error))
