"""Refuses what cannot be run here, by name and before anything runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devkit.adf.activities import ACTIVITIES
from devkit.adf.activities.blocks import walk_activities
from devkit.adf.errors import AdfError
from devkit.adf.expressions.functions import FUNCTIONS
from devkit.adf.expressions.nodes import Call, walk
from devkit.adf.expressions.templates import parse_text
from devkit.adf.texts import walk_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devkit.adf.factory import Definition, Factory, Json

#: Functions that depend on where an expression stands.
CONTEXT_FUNCTIONS = frozenset(
    {
        "activity",
        "getfuturetime",
        "getpasttime",
        "item",
        "parameters",
        "pipeline",
        "trigger",
        "utcnow",
        "variables",
    }
)


def require_supported(factory: Factory, pipeline: Definition) -> None:
    """Raise :class:`AdfError` when a pipeline, or one that it calls, holds something that cannot be run here."""
    found = list(dict.fromkeys(_unsupported(factory, pipeline, set())))
    if found:
        raise AdfError("This cannot be run here: " + "; ".join(found) + ".")


def _unsupported(factory: Factory, pipeline: Definition, seen: set[str]) -> Iterator[str]:
    seen.add(pipeline.name)
    for activity in walk_activities(pipeline.properties.get("activities") or []):
        place = f"{pipeline.name}, activity {activity['name']}"
        kind = ACTIVITIES.get(activity["type"])
        if kind is None:
            yield f"{place}: an activity of type {activity['type']}"
            continue
        yield from (f"{place}: {each}" for each in kind.unsupported(activity, factory))
        yield from (f"{place}: {each}" for each in _unknown_functions(activity))
        if activity["type"] == "ExecutePipeline":
            child = factory.get("pipeline", activity["typeProperties"]["pipeline"]["referenceName"])
            if child.name not in seen:
                yield from _unsupported(factory, child, seen)


def _unknown_functions(activity: Json) -> Iterator[str]:
    for _, text in walk_texts(activity, ""):
        if "@" in text:
            for node in walk(parse_text(text)):
                if isinstance(node, Call) and node.name.lower() not in FUNCTIONS.keys() | CONTEXT_FUNCTIONS:
                    yield f"the function '{node.name}'"
