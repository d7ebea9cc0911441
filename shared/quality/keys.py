"""Keys: which of several rows of equal key is kept, and which rows refer to nothing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import narwhals as nw

from shared.frames.literals import nothing
from shared.frames.literals import number as number_column
from shared.frames.text import has_value
from shared.quality.names import FAILS, KEPT, ORPHAN, typed
from shared.readers.rows import SEQUENCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.contracts.model import Table
    from shared.frames.engine import Engine, Frame

_BEFORE_ALL = datetime(1000, 1, 1)
_FOUND = "_found"
_CANDIDATE = "_candidate"
_LATEST = "_latest"


def with_duplicates(frame: Frame, table: Table, engine: Engine) -> Frame:
    """Mark each row that repeats the key of another with the place of the row that is kept.

    Of the rows that pass by themselves the latest by the contract's column wins, then the first as sent.
    """
    key = list(table.key)
    if engine.eager and _is_unique(frame, key, engine):
        return frame.with_columns(nothing(nw.col(SEQUENCE)).alias(KEPT))
    valid = ~nw.col(FAILS)
    place = nw.when(valid).then(nw.col(SEQUENCE))
    if table.dedupe.latest:
        moment = nw.when(valid).then(nw.col(typed(table.dedupe.latest)).fill_null(_BEFORE_ALL))
        frame = frame.with_columns(moment.alias(_CANDIDATE))
        frame = frame.with_columns(nw.col(_CANDIDATE).max().over(key).alias(_LATEST))
        place = nw.when(valid & (nw.col(_CANDIDATE) == nw.col(_LATEST))).then(nw.col(SEQUENCE))
    frame = frame.with_columns(place.alias(_CANDIDATE)).with_columns(nw.col(_CANDIDATE).min().over(key).alias(KEPT))
    repeats = valid & (nw.col(KEPT) != nw.col(SEQUENCE))
    return frame.with_columns(nw.when(repeats).then(nw.col(KEPT)).alias(KEPT))


def _is_unique(frame: Frame, key: list[str], engine: Engine) -> bool:
    """Look ahead whether there is any repeated key at all: mostly there is none, and grouping is dear."""
    counted = frame.select(nw.len().alias("rows"))
    distinct = frame.select(*key).unique().select(nw.len().alias("rows"))
    return bool(engine.to_arrow(counted).equals(engine.to_arrow(distinct)))


def with_orphans(frame: Frame, table: Table, accepted: Mapping[str, Frame]) -> Frame:
    """Mark each row that passes so far but refers to no accepted row, with the number of the first such reference.

    ``accepted`` holds the silver rows of the tables above this one.
    """
    place = nw.col(SEQUENCE)
    frame = frame.with_columns(nothing(place).alias(ORPHAN))
    for number, rule in enumerate(table.rules):
        target, key = rule.target
        known = accepted[target].select(nw.col(key).alias(rule.column), nw.col(key).alias(_FOUND))
        frame = frame.join(known, on=rule.column, how="left")
        dangling = passes() & has_value(nw.col(rule.column)) & nw.col(_FOUND).is_null()
        marked = nw.when(dangling).then(number_column(number, place)).otherwise(nw.col(ORPHAN))
        frame = frame.with_columns(marked.alias(ORPHAN)).drop(_FOUND)
    return frame


def passes() -> nw.Expr:
    """Tell whether a row has passed all that was looked at so far."""
    return ~nw.col(FAILS) & nw.col(KEPT).is_null() & nw.col(ORPHAN).is_null()
