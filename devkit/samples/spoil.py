"""Puts faults into rows of text, each kind in its turn, and writes down what was done."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from devkit.samples.answer_key import InjectedFault

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

REPEATED = "repeated"


class CellFault(NamedTuple):
    """A fault of one cell: where it may strike, the rule that must find it, and what it puts there."""

    name: str
    columns: tuple[str, ...]
    rule: str
    spoil: Callable[[Random, str], str]


def spoil(
    rng: Random,
    table: str,
    key: str,
    rows: Sequence[dict[str, str]],
    kinds: Sequence[CellFault],
    fault_rate: float,
) -> list[InjectedFault]:
    """Spoil a share of the ``rows`` of a table, and return the faults.

    Besides the ``kinds``, a row may repeat the ``key`` of an earlier one into which no fault was put.
    """
    faults: list[InjectedFault] = []
    deck: deque[CellFault | None] = deque()
    untouched: list[str] = []
    for number, row in enumerate(rows, 1):
        if rng.random() >= fault_rate:
            untouched.append(row[key])
            continue
        deck = deck or deque(rng.sample((*kinds, None), len(kinds) + 1))
        kind = deck.popleft()
        if kind is not None:
            column = rng.choice(kind.columns)
            row[column] = kind.spoil(rng, row[column])
            faults.append(InjectedFault(number, table, column, kind.name, kind.rule))
        elif untouched:
            row[key] = rng.choice(untouched)
            faults.append(InjectedFault(number, table, key, REPEATED, "duplicate"))
    return faults
