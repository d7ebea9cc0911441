"""How a dataset's ``gold.py`` declares a gold table: a function whose parameters name the tables it is made of.

A dataset without one publishes its silver tables as they are.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.contracts.table import Table

GoldFunction = Callable[..., Any]

#: A parameter of this name is given the engine instead of a table.
ENGINE = "engine"


@dataclass(frozen=True, slots=True)
class GoldTable:
    """A gold table: its name, the columns that identify a row, the tables it is made of, and the function.

    A table made of gold tables alone is an ``aggregate``: a warehouse recomputes it from all that it holds. Whether
    the function also asks for the engine is ``takes_engine``. ``holds`` names the silver table of which it has a row
    for each row, so that its key is that table's: later jobs may refer to what it holds. ``grain`` is that table too,
    or one that it has a row for only where all that belongs to the row was delivered with it.
    """

    name: str
    key: tuple[str, ...]
    inputs: tuple[str, ...]
    function: GoldFunction
    aggregate: bool = False
    takes_engine: bool = False
    holds: str | None = None
    grain: str | None = None


_KEY = "__gold_key__"
_HOLDS = "__gold_holds__"
_GRAIN = "__gold_grain__"


def gold_table(*key: str, holds: str | None = None, grain: str | None = None) -> Callable[[GoldFunction], GoldFunction]:
    """Declare a function of frames as a gold table with this key, that may hold rows, or all, of a silver table."""

    def declare(function: GoldFunction) -> GoldFunction:
        setattr(function, _KEY, key)
        setattr(function, _HOLDS, holds)
        setattr(function, _GRAIN, grain or holds)
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
        name,
        key,
        inputs,
        function,
        aggregate=gold_names.issuperset(inputs),
        takes_engine=ENGINE in parameters,
        holds=getattr(function, _HOLDS),
        grain=getattr(function, _GRAIN),
    )


def as_it_is(table: Table) -> GoldTable:
    """Return the declaration of a silver table that is published itself, without where in its file a row stood."""
    # With it come the frame libraries.
    from shared.readers.rows import FILE, ROW_NO  # noqa: PLC0415

    def without_places(**silver: Any) -> Any:
        return silver[table.name].drop(FILE, ROW_NO)

    return GoldTable(table.name, table.key, (table.name,), without_places, holds=table.name, grain=table.name)
