"""Activities that run others: If, Switch, ForEach, Until; and where in a definition those others stand."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from devkit.adf.errors import ActivityError
from devkit.adf.expressions.values import kind_of, to_text
from devkit.adf.timespan import parse_timespan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from devkit.adf.context import Context
    from devkit.adf.factory import Json
    from devkit.adf.runs import ActivityRun

INNER_LISTS = ("activities", "ifTrueActivities", "ifFalseActivities", "defaultActivities")
_DEFAULT_BATCH, _LARGEST_BATCH, _MOST_ITEMS = 20, 50, 100_000
_DEFAULT_UNTIL_TIMEOUT = "0.12:00:00"


def inner_blocks(activity: Json) -> Iterator[tuple[str, list[Json]]]:
    """Yield the lists of activities within an activity, each with its path below the activity."""
    properties = activity.get("typeProperties") or {}
    for name in INNER_LISTS:
        if properties.get(name):
            yield f"typeProperties.{name}", properties[name]
    for number, case in enumerate(properties.get("cases") or []):
        if case.get("activities"):
            yield f"typeProperties.cases[{number}].activities", case["activities"]


def walk_activities(activities: Sequence[Json]) -> Iterator[Json]:
    """Yield activities and all within them."""
    for activity in activities:
        yield activity
        for _, inner in inner_blocks(activity):
            yield from walk_activities(inner)


async def run_if(activity: Json, context: Context) -> Json:
    """Run one of two branches."""
    properties = activity["typeProperties"]
    chosen = _boolean(context.evaluate(properties["expression"]))
    branch = properties.get("ifTrueActivities" if chosen else "ifFalseActivities") or []
    _require_success(await context.inner(branch, context.scope, None))
    return {"expressionResult": chosen}


async def run_switch(activity: Json, context: Context) -> Json:
    """Run the case of a value, or the default."""
    properties = activity["typeProperties"]
    value = to_text(context.evaluate(properties["on"]))
    cases = {case["value"]: case.get("activities") or [] for case in properties.get("cases") or []}
    branch = cases.get(value, properties.get("defaultActivities") or [])
    _require_success(await context.inner(branch, context.scope, None))
    return {"value": value, "matched": value in cases}


async def run_for_each(activity: Json, context: Context) -> Json:
    """Run activities for each item, in turn or several at a time; a failed iteration stops no other."""
    properties = activity["typeProperties"]
    items = context.evaluate(properties["items"])
    if not isinstance(items, list):
        raise ActivityError(f"'items' must be an array, not {kind_of(items)}.", "InvalidForEachItems")
    if len(items) > _MOST_ITEMS:
        raise ActivityError(f"'items' has more than {_MOST_ITEMS} elements.", "InvalidForEachItems")
    batch = min(context.evaluate(properties.get("batchCount")) or _DEFAULT_BATCH, _LARGEST_BATCH)
    places = asyncio.Semaphore(1 if context.evaluate(properties.get("isSequential")) else batch)

    async def run_one(number: int, item: Any) -> list[ActivityRun]:
        async with places:
            return await context.inner(properties["activities"], context.with_item(item).scope, number)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(run_one(number, item)) for number, item in enumerate(items)]
    _require_success([run for task in tasks for run in task.result()])
    return {"itemsCount": len(items)}


async def run_until(activity: Json, context: Context) -> Json:
    """Run activities again and again until an expression is true; the last time decides over success."""
    properties = activity["typeProperties"]
    limit = parse_timespan(context.evaluate(properties.get("timeout", _DEFAULT_UNTIL_TIMEOUT))).total_seconds()
    rounds, is_true = 0, False
    try:
        async with asyncio.timeout(limit) as timeout:
            while not is_true:
                first = len(context.record.children)
                failed = await context.inner(properties["activities"], context.scope, rounds)
                rounds += 1
                latest = context.record.children[first:]
                is_true = _boolean(context.seeing(latest).evaluate(properties["expression"]))
    except TimeoutError:
        if not timeout.expired():
            raise
        raise ActivityError("The expression did not become true in time.", "UntilTimeout") from None
    _require_success(failed)
    return {"iterations": rounds}


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ActivityError(f"The expression must be a boolean, not {kind_of(value)}.", "InvalidTemplate")
    return value


def _require_success(failed: Sequence[ActivityRun]) -> None:
    if failed:
        first = failed[0]
        more = f" {len(failed) - 1} further activities failed as well." if len(failed) > 1 else ""
        reason = first.problem.message if first.problem else first.state
        raise ActivityError(f"Activity {first.name} failed: {reason}{more}", "ActionFailed")
