"""Activities that only handle values: variables, filters, waiting, failing on purpose."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from devkit.adf.errors import ActivityError, AdfError
from devkit.adf.expressions.values import kind_of, to_text
from devkit.adf.factory import nearest
from devkit.adf.parameters import fits

if TYPE_CHECKING:
    from devkit.adf.context import Context
    from devkit.adf.factory import Json

RETURN_VALUE = "pipelineReturnValue"


async def run_set_variable(activity: Json, context: Context) -> Json:
    """Give a variable a value; or, as a system variable, state what the pipeline returns."""
    properties = activity["typeProperties"]
    name = properties["variableName"]
    if properties.get("setSystemVariable") and name == RETURN_VALUE:
        returned = {each["key"]: _returned(each["value"], context) for each in properties["value"]}
        context.pipeline_run.return_value.update(returned)
        return {"name": name, "value": returned}
    value = context.evaluate(properties["value"])
    kind = _kind_of_variable(name, context)
    if not fits(value, kind):
        raise ActivityError(f"The variable '{name}' is of type {kind}, not {kind_of(value)}.", "InvalidVariableType")
    context.pipeline_run.variables[name] = value
    return {"name": name, "value": value}


async def run_append_variable(activity: Json, context: Context) -> Json:
    """Add an element to an array variable."""
    properties = activity["typeProperties"]
    name = properties["variableName"]
    if _kind_of_variable(name, context).lower() != "array":
        raise ActivityError(f"The variable '{name}' is no array.", "InvalidVariableType")
    value = context.evaluate(properties["value"])
    context.pipeline_run.variables[name] = [*context.pipeline_run.variables[name], value]
    return {"name": name, "value": value}


async def run_filter(activity: Json, context: Context) -> Json:
    """Keep the items of which a condition is true."""
    properties = activity["typeProperties"]
    items = context.evaluate(properties["items"])
    if not isinstance(items, list):
        raise ActivityError(f"'items' must be an array, not {kind_of(items)}.", "InvalidTemplate")
    kept = [item for item in items if _holds(properties["condition"], context.with_item(item))]
    return {"ItemsCount": len(items), "FilteredItemsCount": len(kept), "Value": kept}


async def run_wait(activity: Json, context: Context) -> Json:
    """Let time pass."""
    seconds = context.properties(activity)["waitTimeInSeconds"]
    if isinstance(seconds, bool) or not isinstance(seconds, int) or seconds < 0:
        raise ActivityError("'waitTimeInSeconds' must be a number of seconds.", "InvalidTemplate")
    await asyncio.sleep(seconds)
    return {}


async def run_fail(activity: Json, context: Context) -> Json:
    """Fail, with the message and code that the definition gives."""
    properties = context.properties(activity)
    raise ActivityError(to_text(properties["message"]), to_text(properties["errorCode"]))


def _holds(condition: Any, context: Context) -> bool:
    value = context.evaluate(condition)
    if not isinstance(value, bool):
        raise ActivityError(f"The condition must be a boolean, not {kind_of(value)}.", "InvalidTemplate")
    return value


def _kind_of_variable(name: str, context: Context) -> str:
    specified = context.factory.get("pipeline", context.pipeline_run.pipeline).properties.get("variables") or {}
    if name not in specified:
        raise AdfError(f"There is no variable '{name}'{nearest(name, specified)}.")
    return specified[name]["type"]


def _returned(value: Json, context: Context) -> Any:
    """Return the value of an entry, which names its type beside its content."""
    kind, content = value["type"], value.get("content")
    if kind == "Null":
        return None
    if kind == "Array":
        return [_returned(each, context) for each in content or []]
    if kind == "Object":
        return {each["key"]: _returned(each["value"], context) for each in content or []}
    return context.evaluate(content)
