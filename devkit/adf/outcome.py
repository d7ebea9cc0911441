"""Data Factory's rules about dependencies: when an activity may run, and what all of them together come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devkit.adf.runs import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from devkit.adf.factory import Json
    from devkit.adf.runs import ActivityRun

CONDITIONS: dict[str, frozenset[State]] = {
    "Succeeded": frozenset({State.SUCCEEDED}),
    "Failed": frozenset({State.FAILED, State.TIMED_OUT}),
    "Skipped": frozenset({State.SKIPPED}),
    "Completed": frozenset({State.SUCCEEDED, State.FAILED, State.TIMED_OUT}),
}


def may_run(dependencies: Iterable[Json], states: Mapping[str, State]) -> bool:
    """Tell whether each dependency ended in one of the ways that the activity waits for."""
    return all(
        any(states[each["activity"]] in CONDITIONS[condition] for condition in each["dependencyConditions"])
        for each in dependencies
    )


def failures(activities: Sequence[Json], runs: Mapping[str, ActivityRun]) -> list[ActivityRun]:
    """Return the runs for which these activities together have failed; none of them means success.

    The leaves decide. Where a leaf was skipped, those it depends on decide in its place.
    """
    depends_on = {each["name"]: [other["activity"] for other in each.get("dependsOn") or ()] for each in activities}
    parents = {name for names in depends_on.values() for name in names}
    deciding = [name for name in depends_on if name not in parents]
    seen: set[str] = set()
    failed: dict[str, ActivityRun] = {}
    while deciding:
        name = deciding.pop()
        if name in seen:
            continue
        seen.add(name)
        run = runs[name]
        if run.state is State.SKIPPED:
            deciding.extend(depends_on[name])
        elif run.state is not State.SUCCEEDED:
            failed[name] = run
    return [failed[each["name"]] for each in activities if each["name"] in failed]
