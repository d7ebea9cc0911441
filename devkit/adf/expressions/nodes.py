"""The syntax tree of an expression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Constant:
    """A text, number, true, false or null."""

    value: Any
    position: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    name: str
    arguments: tuple[Node, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Access:
    """A property or element of a value; of null it is null when the access is safe (``?.``)."""

    target: Node
    key: Node
    safe: bool
    position: int


@dataclass(frozen=True, slots=True)
class Interpolation:
    """A text with expressions in it."""

    parts: tuple[Node, ...]
    position: int


Node = Constant | Call | Access | Interpolation


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it."""
    yield node
    match node:
        case Call(arguments=children) | Interpolation(parts=children):
            for child in children:
                yield from walk(child)
        case Access(target=target, key=key):
            yield from walk(target)
            yield from walk(key)
