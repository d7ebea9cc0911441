"""How Data Factory sees values: what kind they are, and how one becomes another."""

from __future__ import annotations

import json
from typing import Any

from devkit.adf.errors import AdfError


class ValueKindError(AdfError):
    """A function cannot take a value; the message names the kind of value, never the value itself."""


_KINDS = {
    type(None): "null",
    bool: "a boolean",
    int: "an integer",
    float: "a float",
    str: "a text",
    list: "an array",
    dict: "an object",
}


def kind_of(value: Any) -> str:
    """Name the kind of a value."""
    return _KINDS[type(value)]


def to_text(value: Any) -> str:
    """Return the text of a value, as interpolation and concat show it."""
    match value:
        case None:
            return ""
        case bool():
            return "True" if value else "False"
        case float():
            return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case int():
            return str(value)
        case str():
            return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def to_number(value: Any) -> int | float:
    """Return a number as it is; raises :class:`ValueKindError` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueKindError(f"A number is expected, not {kind_of(value)}.")
    return value


def to_whole_number(value: Any) -> int:
    """Return an integer as it is; raises :class:`ValueKindError` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueKindError(f"An integer is expected, not {kind_of(value)}.")
    return value


def to_boolean(value: Any) -> bool:
    """Return a boolean as it is; raises :class:`ValueKindError` for anything else."""
    if not isinstance(value, bool):
        raise ValueKindError(f"A boolean is expected, not {kind_of(value)}.")
    return value


def as_text(value: Any) -> str:
    """Return a text as it is; raises :class:`ValueKindError` for anything else."""
    if not isinstance(value, str):
        raise ValueKindError(f"A text is expected, not {kind_of(value)}.")
    return value


def as_array(value: Any) -> list[Any]:
    """Return an array as it is; raises :class:`ValueKindError` for anything else."""
    if not isinstance(value, list):
        raise ValueKindError(f"An array is expected, not {kind_of(value)}.")
    return value


def same(left: Any, right: Any) -> bool:
    """Tell whether two values are equal: of one kind (numbers are of one kind), with equal content."""
    if isinstance(left, bool) or isinstance(right, bool):
        return isinstance(left, bool) and isinstance(right, bool) and left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(value, right[name]) for name, value in left.items())
    return bool(left == right)


def property_of(value: dict[str, Any], name: str) -> str | None:
    """Return the name under which an object has a property: exactly as asked, else in other letters of case."""
    if name in value:
        return name
    return next((each for each in value if each.lower() == name.lower()), None)
