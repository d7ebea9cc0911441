"""What expressions can name, by the place where they stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devkit.adf.expressions.nodes import Access, Call, Constant

if TYPE_CHECKING:
    from devkit.adf.expressions.nodes import Node
    from devkit.adf.factory import Definition, Factory
    from devkit.adf.validate.activities import Placed

_CLOCK = frozenset({"utcnow", "getfuturetime", "getpasttime"})
_PIPELINE = frozenset({"pipeline", "variables", "parameters", "activity", "trigger", *_CLOCK})
_OF_PIPELINE = frozenset(
    {
        "DataFactory",
        "Pipeline",
        "RunId",
        "GroupId",
        "TriggerId",
        "TriggerName",
        "TriggerType",
        "TriggerTime",
        "TriggeredByPipelineName",
        "TriggeredByPipelineRunId",
        "parameters",
        "globalParameters",
    }
)
_EVENT = frozenset({"folderPath", "fileName"})


@dataclass(frozen=True)
class Visible:
    """Functions that there are, names that some of them take, and properties of what they return.

    ``properties`` are by function, or by function and property: ``pipeline.parameters``.
    """

    functions: frozenset[str]
    named: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    properties: dict[str, frozenset[str]] = field(default_factory=dict)

    def properties_of(self, node: Node) -> frozenset[str] | None:
        """Return the properties that a value must have, None when that is not known."""
        match node:
            case Call(name=name, arguments=()):
                return self.properties.get(name.lower())
            case Access(target=Call(name=name, arguments=()), key=Constant(value=str(key))):
                return self.properties.get(f"{name.lower()}.{key.lower()}")
        return None


def seen_by_activity(placed: Placed, pipeline: Definition, factory: Factory) -> Visible:
    """Return what the expressions of an activity can name."""
    functions = _PIPELINE
    around = [each.activity.get("type") for each in placed.block.around]
    if "ForEach" in around or placed.activity.get("type") == "Filter":
        functions |= {"item"}
    variables = frozenset(pipeline.properties.get("variables") or {})
    parameters = frozenset(pipeline.parameters)
    global_names = frozenset(name for values in factory.environments.values() for name in values)
    return Visible(
        functions,
        {
            "activity": ("activity", frozenset(_activities_before(placed))),
            "variables": ("variable", variables),
            "parameters": ("parameter", parameters),
        },
        {
            "pipeline": _OF_PIPELINE,
            "pipeline.parameters": parameters,
            "pipeline.globalparameters": global_names,
        },
    )


def seen_by_definition(definition: Definition) -> Visible:
    """Return what the expressions of a dataset, linked service or trigger can name."""
    if definition.kind == "trigger":
        is_event = definition.properties.get("type") == "BlobEventsTrigger"
        return Visible(_CLOCK | {"trigger", "triggerbody"}, properties={"triggerbody": _EVENT} if is_event else {})
    name = definition.kind.lower()
    return Visible(_CLOCK | {name}, properties={name: frozenset(definition.parameters)})


def _activities_before(placed: Placed) -> set[str]:
    """Return the activities that have ended when this one begins: those that it, or one around it, waits for."""
    found = placed.block.before(placed.name)
    for each in placed.block.around:
        found |= each.block.before(each.name)
    if placed.activity.get("type") == "Until":
        # Its expression is asked after its activities.
        inner = (placed.activity.get("typeProperties") or {}).get("activities") or []
        found |= {each.get("name", "") for each in inner}
    return found
