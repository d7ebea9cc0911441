"""Functions of arrays, objects and texts as collections."""

from __future__ import annotations

from functools import reduce
from typing import Any

from devkit.adf.expressions.functions.function import Library
from devkit.adf.expressions.values import (
    ValueKindError,
    as_array,
    as_text,
    kind_of,
    property_of,
    same,
    to_text,
    to_whole_number,
)

LIBRARY = Library()


@LIBRARY.add("contains")
def _contains(collection: Any, wanted: Any) -> bool:
    match collection:
        case str():
            return as_text(wanted) in collection
        case list():
            return _holds(collection, wanted)
        case dict():
            return property_of(collection, as_text(wanted)) is not None
    raise ValueKindError(f"A text, array or object is expected, not {kind_of(collection)}.")


@LIBRARY.add("empty")
def _empty(collection: Any) -> bool:
    if collection is not None and not isinstance(collection, str | list | dict):
        raise ValueKindError(f"A text, array or object is expected, not {kind_of(collection)}.")
    return not collection


@LIBRARY.add("length")
def _length(collection: Any) -> int:
    return len(_sequence(collection))


@LIBRARY.add("first")
def _first(collection: Any) -> Any:
    items = _sequence(collection)
    return items[0] if items else None


@LIBRARY.add("last")
def _last(collection: Any) -> Any:
    items = _sequence(collection)
    return items[-1] if items else None


@LIBRARY.add("skip")
def _skip(collection: Any, count: Any) -> Any:
    return _sequence(collection)[max(to_whole_number(count), 0) :]


@LIBRARY.add("take")
def _take(collection: Any, count: Any) -> Any:
    return _sequence(collection)[: max(to_whole_number(count), 0)]


@LIBRARY.add("join")
def _join(items: Any, delimiter: Any) -> str:
    return as_text(delimiter).join(map(to_text, as_array(items)))


@LIBRARY.add("intersection")
def _intersection(first: Any, *others: Any) -> Any:
    return reduce(_common, others, first)


@LIBRARY.add("union")
def _union(first: Any, *others: Any) -> Any:
    return reduce(_together, others, first)


def _sequence(collection: Any) -> Any:
    if not isinstance(collection, str | list):
        raise ValueKindError(f"A text or array is expected, not {kind_of(collection)}.")
    return collection


def _holds(items: list[Any], wanted: Any) -> bool:
    return any(same(item, wanted) for item in items)


def _common(left: Any, right: Any) -> Any:
    if isinstance(left, dict) and isinstance(right, dict):
        return {name: value for name, value in left.items() if name in right and same(value, right[name])}
    return _distinct([item for item in as_array(left) if _holds(as_array(right), item)])


def _together(left: Any, right: Any) -> Any:
    if isinstance(left, dict) and isinstance(right, dict):
        return left | right
    return _distinct(as_array(left) + as_array(right))


def _distinct(items: list[Any]) -> list[Any]:
    kept: list[Any] = []
    for item in items:
        if not _holds(kept, item):
            kept.append(item)
    return kept
