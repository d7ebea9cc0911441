"""References: what they name exists, and gets the parameters that it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from devkit.adf.factory import REFERENCE_TYPES, nearest
from devkit.adf.texts import below, walk_values
from devkit.adf.validate.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devkit.adf.factory import Definition, Factory, Json

#: Where a pipeline is named, its arguments stand beside the reference.
_BESIDE = ("pipeline", "pipelineReference")


def check_references(factory: Factory) -> Iterator[Finding]:
    """Find references to what does not exist, and arguments that are missing or not asked for."""
    for definitions in factory.definitions.values():
        for each in definitions.values():
            for path, value in walk_values(each.properties, "$.properties"):
                if isinstance(value, dict):
                    yield from _check(value, path, each, factory)


def _check(value: Json, path: str, definition: Definition, factory: Factory) -> Iterator[Finding]:
    if "referenceName" in value:
        yield from _check_existence(value, path, definition, factory)
        if value.get("type") != "PipelineReference":
            yield from _check_arguments(value, value.get("parameters"), path, definition, factory)
    for name in _BESIDE:
        reference = value.get(name)
        if isinstance(reference, dict) and reference.get("type") == "PipelineReference":
            yield from _check_arguments(reference, value.get("parameters"), path, definition, factory)


def _check_existence(reference: Json, path: str, definition: Definition, factory: Factory) -> Iterator[Finding]:
    kind = REFERENCE_TYPES.get(reference.get("type", ""))
    name = reference["referenceName"]
    if kind is None:
        found = reference.get("type")
        hint = nearest(str(found), REFERENCE_TYPES)
        yield Finding(definition.file, below(path, "type"), f"'{found}' is no known type of reference{hint}.")
    elif isinstance(name, str) and name not in factory.definitions[kind]:
        hint = nearest(name, factory.definitions[kind])
        yield Finding(definition.file, below(path, "referenceName"), f"There is no {kind} '{name}'{hint}.")


def _check_arguments(
    reference: Json, arguments: Any, path: str, definition: Definition, factory: Factory
) -> Iterator[Finding]:
    kind = REFERENCE_TYPES.get(reference.get("type", ""))
    target = factory.definitions[kind].get(reference["referenceName"]) if kind else None
    if target is None:
        return
    given = arguments if isinstance(arguments, dict) else {}
    for name in given:
        if name not in target.parameters:
            hint = nearest(name, target.parameters)
            reason = f"The {kind} '{target.name}' has no parameter '{name}'{hint}."
            yield Finding(definition.file, below(f"{path}.parameters", name), reason)
    for name, each in target.parameters.items():
        if name not in given and "defaultValue" not in each:
            yield Finding(definition.file, path, f"The {kind} '{target.name}' needs the parameter '{name}'.")
