"""Dependencies between activities, what may stand within what, and pipelines that call each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devkit.adf.factory import nearest
from devkit.adf.outcome import CONDITIONS
from devkit.adf.validate.activities import blocks_of, placed_activities
from devkit.adf.validate.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devkit.adf.factory import Definition, Factory
    from devkit.adf.validate.activities import Block, Placed

_LOOPS = frozenset({"ForEach", "Until"})
_CHOICES = frozenset({"IfCondition", "Switch"})
_LARGEST_BATCH = 50


def check_graphs(factory: Factory) -> Iterator[Finding]:
    """Find dependencies that lead nowhere or in a circle, loops in loops, and pipelines that end up in themselves."""
    for pipeline in factory.definitions["pipeline"].values():
        for block in blocks_of(pipeline):
            yield from _dependencies(block, pipeline)
        for placed in placed_activities(pipeline):
            yield from _nesting(placed, pipeline)
            yield from _calls(placed, pipeline, factory)


def _dependencies(block: Block, pipeline: Definition) -> Iterator[Finding]:
    for number, activity in enumerate(block.activities):
        for place, each in enumerate(activity.get("dependsOn") or []):
            path = f"{block.path}[{number}].dependsOn[{place}]"
            other = each.get("activity")
            if other not in block.by_name:
                hint = nearest(str(other), block.by_name)
                reason = f"There is no activity '{other}' beside this one{hint}."
                yield Finding(pipeline.file, f"{path}.activity", reason)
            elif activity.get("name") in {other, *block.before(other)}:
                reason = f"'{activity['name']}' and '{other}' wait for each other."
                yield Finding(pipeline.file, f"{path}.activity", reason)
            conditions = each.get("dependencyConditions") or []
            if not conditions:
                yield Finding(pipeline.file, path, "The dependency has no condition.")
            for condition in conditions:
                if condition not in CONDITIONS:
                    reason = f"'{condition}' is none of {', '.join(CONDITIONS)}{nearest(str(condition), CONDITIONS)}."
                    yield Finding(pipeline.file, f"{path}.dependencyConditions", reason)


def _nesting(placed: Placed, pipeline: Definition) -> Iterator[Finding]:
    kind = placed.activity.get("type")
    for family in (_LOOPS, _CHOICES):
        around = [each.activity["type"] for each in placed.block.around if each.activity.get("type") in family]
        if kind in family and around:
            yield Finding(pipeline.file, placed.path, f"{kind} must not stand within {around[-1]}; call a pipeline.")
    batch = (placed.activity.get("typeProperties") or {}).get("batchCount")
    if isinstance(batch, int) and not 1 <= batch <= _LARGEST_BATCH:
        reason = f"A batch count is 1 to {_LARGEST_BATCH}, not {batch}."
        yield Finding(pipeline.file, f"{placed.path}.typeProperties.batchCount", reason)


def _calls(placed: Placed, pipeline: Definition, factory: Factory) -> Iterator[Finding]:
    called = _called(placed)
    if called and pipeline.name in {called, *_reached(called, factory)}:
        reason = f"The pipeline '{called}' comes back to '{pipeline.name}'."
        yield Finding(pipeline.file, f"{placed.path}.typeProperties.pipeline", reason)


def _called(placed: Placed) -> str | None:
    if placed.activity.get("type") != "ExecutePipeline":
        return None
    return ((placed.activity.get("typeProperties") or {}).get("pipeline") or {}).get("referenceName")


def _reached(name: str, factory: Factory) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        pipeline = factory.definitions["pipeline"].get(waiting.pop())
        for placed in placed_activities(pipeline) if pipeline else ():
            called = _called(placed)
            if called and called not in found:
                found.add(called)
                waiting.append(called)
    return found
