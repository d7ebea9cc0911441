"""Parameters and variables: whether they are used, declared, and of the type that they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from devkit.adf.errors import ExpressionError
from devkit.adf.expressions.nodes import Access, Call, Constant, walk
from devkit.adf.expressions.templates import parse_text
from devkit.adf.expressions.values import kind_of
from devkit.adf.factory import nearest
from devkit.adf.parameters import fits
from devkit.adf.texts import below, walk_texts
from devkit.adf.validate.activities import placed_activities
from devkit.adf.validate.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devkit.adf.expressions.nodes import Node
    from devkit.adf.factory import Definition, Factory
    from devkit.adf.validate.activities import Placed

_RETURN_VALUE = "pipelineReturnValue"


def check_usage(factory: Factory) -> Iterator[Finding]:
    """Find parameters and variables that nothing uses, that are not declared, or whose values do not fit."""
    global_names: set[str] = set()
    for kind, definitions in factory.definitions.items():
        for each in definitions.values():
            used = _names_used(each)
            global_names |= {name.removeprefix("global ") for name in used if name.startswith("global ")}
            if kind != "trigger":
                yield from _unused(each, "parameters", used)
                yield from _defaults(each, "parameters")
            if kind == "pipeline":
                yield from _variables(each, used)
    yield from _environments(factory, global_names)


def _unused(definition: Definition, group: str, used: set[str]) -> Iterator[Finding]:
    kind = group.removesuffix("s")
    for name in definition.properties.get(group) or {}:
        if f"{kind} {name.lower()}" not in used:
            yield Finding(definition.file, below(f"$.properties.{group}", name), f"Nothing uses the {kind} '{name}'.")


def _defaults(definition: Definition, group: str) -> Iterator[Finding]:
    for name, each in (definition.properties.get(group) or {}).items():
        value, kind = each.get("defaultValue"), each.get("type", "")
        if value is not None and not fits(value, kind):
            reason = f"The default is of another type than {kind}: {kind_of(value)}."
            yield Finding(definition.file, below(f"$.properties.{group}", name), reason)


def _variables(pipeline: Definition, used: set[str]) -> Iterator[Finding]:
    declared = pipeline.properties.get("variables") or {}
    yield from _unused(pipeline, "variables", used)
    yield from _defaults(pipeline, "variables")
    for placed in placed_activities(pipeline):
        if placed.activity.get("type") not in {"SetVariable", "AppendVariable"}:
            continue
        properties = placed.activity.get("typeProperties") or {}
        name, path = properties.get("variableName"), f"{placed.path}.typeProperties"
        if properties.get("setSystemVariable") and name == _RETURN_VALUE:
            continue
        if name not in declared:
            reason = f"There is no variable '{name}'{nearest(str(name), declared)}."
            yield Finding(pipeline.file, f"{path}.variableName", reason)
        elif f"variable {str(name).lower()}" in _names_in(properties.get("value")):
            yield Finding(
                pipeline.file, f"{path}.value", f"'{name}' must not be set from itself; use another variable."
            )


def _environments(factory: Factory, used: set[str]) -> Iterator[Finding]:
    known = {name for values in factory.environments.values() for name in values}
    for environment, values in factory.environments.items():
        file = factory.root / "globalParameters" / f"{environment}.json"
        for name in sorted(known - values.keys()):
            yield Finding(file, "$", f"The global parameter '{name}' of other environments is missing.")
        for name, each in values.items():
            if name.lower() not in used:
                yield Finding(file, below("$", name), f"Nothing uses the global parameter '{name}'.")
            if not fits(each["value"], each["type"]):
                yield Finding(file, below("$", name), f"The value is of another type than {each['type']}.")


def _names_used(definition: Definition) -> set[str]:
    used = _names_in(definition.properties)
    if definition.kind != "pipeline":
        return used
    for placed in placed_activities(definition):
        used |= _written(placed)
    return used


def _written(placed: Placed) -> set[str]:
    """A variable that is set, and never read, is used: its value is shown with the run."""
    name = (placed.activity.get("typeProperties") or {}).get("variableName")
    return {f"variable {name.lower()}"} if isinstance(name, str) else set()


def _names_in(value: Any) -> set[str]:
    """Return the parameters, variables and global parameters that expressions name, in small letters."""
    names: set[str] = set()
    for _, text in walk_texts(value, "$"):
        if "@" in text:
            try:
                names |= {name for node in walk(parse_text(text)) for name in _named(node)}
            except ExpressionError:
                continue
    return names


def _named(node: Node) -> Iterator[str]:
    match node:
        case Call(name=function, arguments=(Constant(value=str(name)),)):
            if function.lower() in {"parameters", "variables"}:
                yield f"{function.lower().removesuffix('s')} {name.lower()}"
        case Access(target=Call(name=function, arguments=()), key=Constant(value=str(name))):
            if function.lower() in {"dataset", "linkedservice"}:
                yield f"parameter {name.lower()}"
        case Access(
            target=Access(target=Call(name=function, arguments=()), key=Constant(value=str(group))),
            key=Constant(value=str(name)),
        ):
            if function.lower() == "pipeline" and group.lower() == "parameters":
                yield f"parameter {name.lower()}"
            elif function.lower() == "pipeline" and group.lower() == "globalparameters":
                yield f"global {name.lower()}"
