"""The shape of definitions, as far as the other checks and the runner rely on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from devkit.adf.texts import walk_values
from devkit.adf.validate.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devkit.adf.factory import Factory, Kind

# Named as Data Factory names them.
# ruff: noqa: N815


class _Reference(msgspec.Struct):
    referenceName: str
    type: str
    parameters: dict[str, Any] | None = None


class _Dependency(msgspec.Struct):
    activity: str
    dependencyConditions: list[str]


class _Case(msgspec.Struct):
    value: str
    activities: list[_Activity] | None = None


class _ActivityProperties(msgspec.Struct):
    activities: list[_Activity] | None = None
    ifTrueActivities: list[_Activity] | None = None
    ifFalseActivities: list[_Activity] | None = None
    defaultActivities: list[_Activity] | None = None
    cases: list[_Case] | None = None
    pipeline: _Reference | None = None
    variableName: str | None = None


class _Activity(msgspec.Struct):
    name: str
    type: str
    dependsOn: list[_Dependency] | None = None
    typeProperties: _ActivityProperties | None = None
    policy: dict[str, Any] | None = None


class _Parameter(msgspec.Struct):
    type: str


class _Parameterised(msgspec.Struct):
    type: str
    typeProperties: dict[str, Any] | None = None
    parameters: dict[str, _Parameter] | None = None


class _Pipeline(msgspec.Struct):
    activities: list[_Activity] | None = None
    parameters: dict[str, _Parameter] | None = None
    variables: dict[str, _Parameter] | None = None
    concurrency: int | None = None


class _Started(msgspec.Struct):
    pipelineReference: _Reference
    parameters: dict[str, Any] | None = None


class _Recurrence(msgspec.Struct):
    frequency: str | None = None
    interval: int = 1
    startTime: str | None = None
    endTime: str | None = None
    timeZone: str = "UTC"
    schedule: dict[str, list[Any]] | None = None


class _TriggerProperties(msgspec.Struct):
    recurrence: _Recurrence | None = None
    blobPathBeginsWith: str = ""


class _Trigger(msgspec.Struct):
    type: str
    typeProperties: _TriggerProperties | None = None
    pipelines: list[_Started] | None = None


_SHAPES: dict[Kind, type] = {
    "pipeline": _Pipeline,
    "dataset": _Parameterised,
    "linkedService": _Parameterised,
    "trigger": _Trigger,
}


def check_shapes(factory: Factory) -> Iterator[Finding]:
    """Find the first place in each definition that is of another shape than all else relies on."""
    for kind, definitions in factory.definitions.items():
        for each in definitions.values():
            found = next(_misshapen(each.properties, _SHAPES[kind]), None)
            if found is not None:
                yield Finding(each.file, *found)


def _misshapen(properties: Any, shape: type) -> Iterator[tuple[str, str]]:
    yield from _difference(properties, shape, "$.properties")
    for path, value in walk_values(properties, "$.properties"):
        if isinstance(value, dict) and "referenceName" in value:
            yield from _difference(value, _Reference, path)


def _difference(value: Any, shape: type, path: str) -> Iterator[tuple[str, str]]:
    try:
        msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `$")
        yield f"{path}{place.rstrip('`')}", f"{reason}."
