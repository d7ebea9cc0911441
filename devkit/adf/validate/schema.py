"""The properties that Data Factory knows, as the types of its own client library state them."""

from __future__ import annotations

import enum
import importlib
import types
import typing
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from devkit.adf.factory import Kind

_MODULE = "azure.mgmt.datafactory"
#: What each kind of definition is called there.
_ROOTS: dict[Kind, str] = {
    "pipeline": "Pipeline",
    "dataset": "Dataset",
    "linkedService": "LinkedService",
    "trigger": "Trigger",
}


@dataclass(frozen=True, slots=True)
class ObjectType:
    """The properties of an object with their types, and which of them it must have."""

    properties: dict[str, Any]
    required: frozenset[str]


def is_available() -> bool:
    """Tell whether the package with the types is installed; it is part of the extra ``test``."""
    try:
        return find_spec(f"{_MODULE}.types") is not None
    except ModuleNotFoundError:
        return False


def root_type(kind: Kind) -> Any:
    """Return the type of the properties of a kind of definition."""
    return resolved(_names()[_ROOTS[kind]])


@cache
def object_type(hint: Any) -> ObjectType:
    """Return what a type of objects consists of."""
    hints = typing.get_type_hints(hint, _names(), include_extras=True)
    # Not what Python calls required keys: some types are total by oversight.
    required = {name for name, each in hints.items() if typing.get_origin(each) is typing.Required}
    properties = {name: typing.get_args(each)[0] if name in required else each for name, each in hints.items()}
    return ObjectType(properties, frozenset(required))


def resolved(hint: Any) -> Any:
    """Return a type itself in place of its name."""
    while isinstance(hint, str | typing.ForwardRef):
        hint = _names()[hint if isinstance(hint, str) else hint.__forward_arg__]
    return hint


def alternatives(hint: Any) -> list[Any]:
    """Return the types among which a type is a choice; of any other type itself alone."""
    hint = resolved(hint)
    if typing.get_origin(hint) in {typing.Union, types.UnionType}:
        return [each for member in typing.get_args(hint) for each in alternatives(member)]
    return [hint]


def is_object(hint: Any) -> bool:
    """Tell whether a type is one of objects with known properties."""
    return typing.is_typeddict(hint) or hasattr(hint, "__required_keys__")


def words_of(hint: Any) -> list[str] | None:
    """Return the words that a literal or an enumeration allows, None for any other type."""
    if typing.get_origin(hint) is typing.Literal:
        return [str(getattr(each, "value", each)) for each in typing.get_args(hint)]
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return [str(each.value) for each in hint]
    return None


@cache
def _names() -> dict[str, Any]:
    enums = importlib.import_module(f"{_MODULE}.models._enums")
    known = importlib.import_module(f"{_MODULE}.types")
    return {**vars(typing), **vars(enums), **vars(known)}
