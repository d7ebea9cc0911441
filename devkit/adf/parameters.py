"""Parameters of pipelines: what is given, what they fall back to, and whether it fits their type."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from devkit.adf.errors import AdfError
from devkit.adf.expressions.values import kind_of
from devkit.adf.factory import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devkit.adf.factory import Definition, Json

#: By type of a parameter or variable, the Python types that its values have.
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "securestring": (str,),
    "int": (int,),
    "integer": (int,),
    "float": (int, float),
    "bool": (bool,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def fits(value: Any, kind: str) -> bool:
    """Tell whether a value is of a parameter's type."""
    if isinstance(value, bool):
        return kind.lower() in {"bool", "boolean"}
    return isinstance(value, TYPES.get(kind.lower(), (object,)))


def complete(pipeline: Definition, given: Mapping[str, Any]) -> Json:
    """Return the values of all parameters of a pipeline; raises :class:`AdfError` for one that is missing or wrong."""
    values: Json = {}
    for name in given:
        if name not in pipeline.parameters:
            hint = nearest(name, pipeline.parameters)
            raise AdfError(f"The pipeline '{pipeline.name}' has no parameter '{name}'{hint}.")
    for name, specification in pipeline.parameters.items():
        if name not in given and "defaultValue" not in specification:
            raise AdfError(f"The pipeline '{pipeline.name}' needs the parameter '{name}' ({specification['type']}).")
        values[name] = given.get(name, specification.get("defaultValue"))
        if values[name] is not None and not fits(values[name], specification["type"]):
            raise AdfError(
                f"The parameter '{name}' of the pipeline '{pipeline.name}' is of type {specification['type']}, "
                f"and {kind_of(values[name])} does not fit."
            )
    return values


def typed(pipeline: Definition, texts: Mapping[str, str]) -> Json:
    """Return parameters that are given as texts as values of their types; raises :class:`AdfError`."""
    return {name: _typed(name, text, pipeline) for name, text in texts.items()}


def _typed(name: str, text: str, pipeline: Definition) -> Any:
    kind = pipeline.parameters.get(name, {}).get("type", "String")
    if kind.lower() in {"string", "securestring"}:
        return text
    try:
        return json.loads(text)
    except ValueError:
        raise AdfError(f"The parameter '{name}' is of type {kind}; write its value as JSON.") from None
