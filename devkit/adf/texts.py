"""Finds the texts in a definition, and where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def walk_values(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield a JSON value and all within it, each with its path: ``a.b[0]``."""
    yield path, value
    if isinstance(value, dict):
        for name, each in value.items():
            yield from walk_values(each, below(path, name))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from walk_values(each, f"{path}[{number}]")


def walk_texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield all texts in a JSON value, each with its path."""
    return ((where, each) for where, each in walk_values(value, path) if isinstance(each, str))


def below(path: str, name: str) -> str:
    """Return the path of a property."""
    return f"{path}.{name}" if name.replace("_", "").isalnum() else f"{path}['{name}']"
