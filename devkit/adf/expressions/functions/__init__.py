"""The functions that every expression can call. Names are compared without case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devkit.adf.expressions.functions import collections, conversion, dates, logic, numbers, text

if TYPE_CHECKING:
    from devkit.adf.expressions.functions.function import Function

FUNCTIONS: dict[str, Function] = {
    **text.LIBRARY,
    **collections.LIBRARY,
    **logic.LIBRARY,
    **conversion.LIBRARY,
    **numbers.LIBRARY,
    **dates.LIBRARY,
}
