"""Functions of truth and comparison. ``and`` and ``or`` evaluate all their arguments, as Data Factory does."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from devkit.adf.expressions.functions.function import Library
from devkit.adf.expressions.values import ValueKindError, kind_of, same, to_boolean

if TYPE_CHECKING:
    from collections.abc import Callable

LIBRARY = Library()


@LIBRARY.add("and")
def _and(first: Any, second: Any, *others: Any) -> bool:
    return all(_booleans(first, second, *others))


@LIBRARY.add("or")
def _or(first: Any, second: Any, *others: Any) -> bool:
    return any(_booleans(first, second, *others))


@LIBRARY.add("not")
def _not(value: Any) -> bool:
    return not to_boolean(value)


@LIBRARY.add("if")
def _if(condition: Any, then: Any, otherwise: Any) -> Any:
    return then if to_boolean(condition) else otherwise


@LIBRARY.add("equals")
def _equals(left: Any, right: Any) -> bool:
    return same(left, right)


@LIBRARY.add("greater")
def _greater(left: Any, right: Any) -> bool:
    return _compared(left, right, operator.gt)


@LIBRARY.add("greaterOrEquals")
def _greater_or_equals(left: Any, right: Any) -> bool:
    return _compared(left, right, operator.ge)


@LIBRARY.add("less")
def _less(left: Any, right: Any) -> bool:
    return _compared(left, right, operator.lt)


@LIBRARY.add("lessOrEquals")
def _less_or_equals(left: Any, right: Any) -> bool:
    return _compared(left, right, operator.le)


def _booleans(*values: Any) -> list[bool]:
    """Check every value before any of them decides."""
    return [to_boolean(value) for value in values]


def _compared(left: Any, right: Any, comparison: Callable[[Any, Any], bool]) -> bool:
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (left, right))
    if numbers or (isinstance(left, str) and isinstance(right, str)):
        return comparison(left, right)
    raise ValueKindError(f"Two numbers or two texts are expected, not {kind_of(left)} and {kind_of(right)}.")
