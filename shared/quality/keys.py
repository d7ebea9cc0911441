"""Keys: which of several rows of equal key is kept, and which rows refer to nothing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import narwhals as nw

from shared.frames.literals import nothing
from shared.frames.literals import number as number_column
from shared.frames.text import has_value
from shared.quality.names import FAILS, KEPT, ORPHAN, dangling, typed
from shared.quality.prepare import is_cast
from shared.readers.rows import SEQUENCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.contracts.table import Table
    from shared.frames.engine import Engine, Frame

_BEFORE_ALL = datetime(1, 1, 1)
_FOUND = "_found"
_MOMENT = "_moment"


def with_duplicates(frame: Frame, table: Table, engine: Engine) -> Frame:
    """Mark each row that repeats the key of another with the place of the row that is kept.

    Of the rows that pass by themselves the latest by the contract's column wins, then the first as sent.
    """
    key, latest = [compared(name, table) for name in table.key], table.dedupe.latest
    if engine.eager and _is_unique(frame, key, engine):
        return frame.with_columns(nothing(nw.col(SEQUENCE)).alias(KEPT))
    moment = nw.col(typed(latest)).fill_null(_BEFORE_ALL) if latest else nw.lit(_BEFORE_ALL)
    frame = frame.with_columns(nw.when(~nw.col(FAILS)).then(moment).alias(_MOMENT))
    frame = engine.with_first(frame, key, _MOMENT, SEQUENCE, KEPT)
    repeats = ~nw.col(FAILS) & (nw.col(KEPT) != nw.col(SEQUENCE))
    return frame.with_columns(nw.when(repeats).then(nw.col(KEPT)).alias(KEPT)).drop(_MOMENT)


def _is_unique(frame: Frame, key: list[str], engine: Engine) -> bool:
    """Look ahead whether there is any repeated key at all: mostly there is none, and grouping is dear."""
    if len(key) == 1:
        counts = engine.to_arrow(frame.select(nw.col(key[0]).n_unique().alias("keys"), nw.len().alias("rows")))
        return bool(counts["keys"].equals(counts["rows"].cast(counts["keys"].type)))
    rows = engine.to_arrow(frame.select(nw.len().alias("rows")))
    return bool(rows.equals(engine.to_arrow(frame.select(*key).unique().select(nw.len().alias("rows")))))


def compared_columns(table: Table) -> list[str]:
    """Return the columns by which the rows of a table are compared with each other and with those of others."""
    referring = [name for rule in table.rules for name in (rule.column, compared(rule.column, table))]
    latest = [typed(table.dedupe.latest)] if table.dedupe.latest else []
    return list(dict.fromkeys([FAILS, *(compared(name, table) for name in table.key), *latest, *referring]))


def compared(name: str, table: Table) -> str:
    """Return where the value of a column stands by which rows are told apart: "7" and "7.0" are one number."""
    return typed(name) if is_cast(table.columns[name]) else name


def with_orphans(frame: Frame, table: Table, accepted: Mapping[str, Frame], engine: Engine) -> Frame:
    """Mark in each row the references that name no accepted row, and in one that passes so far the first to reject it.

    What is no value of its column's type is no reference. ``accepted`` holds the keys of the tables above this one that
    may be referred to.
    """
    place = nw.col(SEQUENCE)
    frame = frame.with_columns(nothing(place).alias(ORPHAN))
    for number, rule in enumerate(table.rules):
        target, key = rule.target
        refers = compared(rule.column, table)
        known = accepted[target].select(nw.col(key).alias(refers), nw.col(key).alias(_FOUND))
        frame = engine.look_up(frame, known, [refers])
        is_value = has_value(nw.col(rule.column)) & ~nw.col(refers).is_null()
        marks = {dangling(number): is_value & nw.col(_FOUND).is_null()}
        if rule.on_fail == "quarantine":
            rejects = passes() & marks[dangling(number)]
            marks[ORPHAN] = nw.when(rejects).then(number_column(number, place)).otherwise(nw.col(ORPHAN))
        # At once: on Spark every step makes the next one slower to plan.
        frame = frame.with_columns(**marks).drop(_FOUND)
    return frame


def passes() -> nw.Expr:
    """Tell whether a row has passed all that was looked at so far."""
    return ~nw.col(FAILS) & nw.col(KEPT).is_null() & nw.col(ORPHAN).is_null()
