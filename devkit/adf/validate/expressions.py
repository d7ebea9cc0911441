"""Expressions: their syntax, their functions, and whether what they name is there to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devkit.adf.activities.blocks import inner_blocks
from devkit.adf.errors import ExpressionError
from devkit.adf.expressions.functions import FUNCTIONS
from devkit.adf.expressions.nodes import Access, Call, Constant, walk
from devkit.adf.expressions.templates import parse_text
from devkit.adf.factory import nearest
from devkit.adf.support import CONTEXT_FUNCTIONS
from devkit.adf.texts import walk_texts
from devkit.adf.validate.activities import placed_activities
from devkit.adf.validate.finding import Finding
from devkit.adf.validate.visible import Visible, seen_by_activity, seen_by_definition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devkit.adf.expressions.nodes import Node
    from devkit.adf.factory import Factory, Json


def check_expressions(factory: Factory) -> Iterator[Finding]:
    """Find expressions that cannot be parsed, or name what they cannot see."""
    for pipeline in factory.definitions["pipeline"].values():
        for placed in placed_activities(pipeline):
            visible = seen_by_activity(placed, pipeline, factory)
            for path, text in _own_texts(placed.activity, placed.path):
                yield from (Finding(pipeline.file, path, reason) for reason in problems(text, visible))
    for kind in ("dataset", "linkedService", "trigger"):
        for each in factory.definitions[kind].values():
            visible = seen_by_definition(each)
            for path, text in walk_texts(each.properties, "$.properties"):
                yield from (Finding(each.file, path, reason) for reason in problems(text, visible))


def problems(text: str, visible: Visible) -> Iterator[str]:
    """Yield what is wrong with a text of a definition, if it holds an expression."""
    if "@" not in text:
        return
    try:
        nodes = list(walk(parse_text(text)))
    except ExpressionError as error:
        yield str(error)
        return
    for node in nodes:
        for reason in _problems_of(node, visible):
            yield str(ExpressionError(reason, text, node.position))


def _problems_of(node: Node, visible: Visible) -> Iterator[str]:
    if isinstance(node, Call):
        yield from _problems_of_call(node, visible)
    elif isinstance(node, Access) and isinstance(node.key, Constant):
        known = visible.properties_of(node.target)
        if known is not None and str(node.key.value).lower() not in {each.lower() for each in known}:
            hint = nearest(str(node.key.value), known)
            yield f"There is no '{node.key.value}'{hint}; known: {', '.join(sorted(known)) or 'none'}."


def _problems_of_call(node: Call, visible: Visible) -> Iterator[str]:
    name = node.name.lower()
    function = FUNCTIONS.get(name)
    if function is not None and not function.takes(len(node.arguments)):
        yield f"The function '{node.name}' takes {function.arity}."
    elif function is None and name not in visible.functions:
        everywhere = CONTEXT_FUNCTIONS | {"dataset", "linkedservice", "triggerbody"}
        if name in everywhere:
            yield f"'{node.name}' has no meaning here."
        else:
            yield f"The function '{node.name}' is unknown{nearest(name, [*FUNCTIONS, *visible.functions])}."
    elif name in visible.named and node.arguments and isinstance(node.arguments[0], Constant):
        kind, known = visible.named[name]
        wanted = str(node.arguments[0].value)
        if wanted.lower() not in {each.lower() for each in known}:
            yield f"No {kind} '{wanted}' can be seen from here{nearest(wanted, known)}."


def _own_texts(activity: Json, path: str) -> Iterator[tuple[str, str]]:
    """Yield the texts of an activity without those of the activities in it."""
    inner = {f"{path}.{each}" for each, _ in inner_blocks(activity)}
    for where, text in walk_texts(activity, path):
        if not any(where.startswith(f"{each}[") for each in inner):
            yield where, text
