"""How a dataset's ``gold.py`` declares a gold table: a function whose parameters name the tables it is made of."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

GoldFunction = Callable[..., Any]

#: A parameter of this name is given the engine instead of a table.
ENGINE = "engine"


@dataclass(frozen=True, slots=True)
class GoldTable:
    """A gold table: its name, the columns that identify a row, the tables it is made of, and the function.

    A table made of gold tables alone is an ``aggregate``: a warehouse recomputes it from all that it holds. Whether
    the function also asks for the engine is ``takes_engine``.
    """

    name: str
    key: tuple[str, ...]
    inputs: tuple[str, ...]
    function: GoldFunction
    aggregate: bool = False
    takes_engine: bool = False


_KEY = "__gold_key__"


def gold_table(*key: str) -> Callable[[GoldFunction], GoldFunction]:
    """Declare a function of frames as a gold table with this key."""

    def declare(function: GoldFunction) -> GoldFunction:
        setattr(function, _KEY, key)
        return function

    return declare


def declared(name: str, function: GoldFunction, gold_names: frozenset[str]) -> GoldTable:
    """Return the declaration of a gold function; raises ``TypeError`` when it carries none."""
    key = getattr(function, _KEY, None)
    if key is None:
        raise TypeError(f"{name} is named as gold but is not declared by @gold_table")
    parameters = inspect.signature(function).parameters
    inputs = tuple(name for name in parameters if name != ENGINE)
    return GoldTable(
        name, key, inputs, function, aggregate=gold_names.issuperset(inputs), takes_engine=ENGINE in parameters
    )
