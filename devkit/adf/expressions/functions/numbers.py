"""Functions of numbers: of two integers, division is whole and the remainder has the sign of the first."""

from __future__ import annotations

import math
import secrets
from typing import Any

from devkit.adf.expressions.functions.function import Library
from devkit.adf.expressions.values import ValueKindError, to_number, to_whole_number

LIBRARY = Library()
_LONGEST_RANGE = 100_000


@LIBRARY.add("add")
def _add(left: Any, right: Any) -> int | float:
    return to_number(left) + to_number(right)


@LIBRARY.add("sub")
def _sub(left: Any, right: Any) -> int | float:
    return to_number(left) - to_number(right)


@LIBRARY.add("mul")
def _mul(left: Any, right: Any) -> int | float:
    return to_number(left) * to_number(right)


@LIBRARY.add("div")
def _div(left: Any, right: Any) -> int | float:
    dividend, divisor = to_number(left), to_number(right)
    if divisor == 0:
        raise ValueKindError("Nothing can be divided by zero.")
    if isinstance(dividend, int) and isinstance(divisor, int):
        quotient = abs(dividend) // abs(divisor)
        return quotient if (dividend < 0) == (divisor < 0) else -quotient
    return dividend / divisor


@LIBRARY.add("mod")
def _mod(left: Any, right: Any) -> int | float:
    dividend, divisor = to_number(left), to_number(right)
    if divisor == 0:
        raise ValueKindError("Nothing can be divided by zero.")
    if isinstance(dividend, int) and isinstance(divisor, int):
        return dividend - divisor * _div(dividend, divisor)
    return math.fmod(dividend, divisor)


@LIBRARY.add("max")
def _max(*values: Any) -> int | float:
    return max(_numbers(values))


@LIBRARY.add("min")
def _min(*values: Any) -> int | float:
    return min(_numbers(values))


@LIBRARY.add("rand")
def _rand(smallest: Any, beyond: Any) -> int:
    low, high = to_whole_number(smallest), to_whole_number(beyond)
    if high <= low:
        raise ValueKindError("The second number must be greater than the first.")
    return low + secrets.randbelow(high - low)


@LIBRARY.add("range")
def _range(start: Any, count: Any) -> list[int]:
    begin, length = to_whole_number(start), to_whole_number(count)
    if not 0 < length <= _LONGEST_RANGE:
        raise ValueKindError(f"A range has 1 to {_LONGEST_RANGE} numbers.")
    return list(range(begin, begin + length))


def _numbers(values: tuple[Any, ...]) -> list[int | float]:
    items = values[0] if len(values) == 1 and isinstance(values[0], list) else values
    if not items:
        raise ValueKindError("At least one number is needed.")
    return [to_number(item) for item in items]
