"""Makes of delivered text what the checks look at: cleaned text, typed values, derived values, normal forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from shared.frames import booleans, dates, numbers, text
from shared.frames.values import to_e164
from shared.quality.names import FAILS, delivered, normalised, typed

if TYPE_CHECKING:
    from datetime import datetime

    from shared.contracts.column import Column
    from shared.contracts.table import Table
    from shared.frames.engine import Engine, Frame

_REPAIRING = {"integer_text", "money"}


def with_clean_text(frame: Frame, table: Table) -> Frame:
    """Clean every column in place; what a repair changes is kept beside it as delivered."""
    kept, cleaned = {}, {}
    for name, column in table.columns.items():
        value = text.clean(nw.col(name), column.clean)
        if column.default is not None:
            value = nw.when(text.is_blank(value)).then(nw.lit(column.default)).otherwise(value)
        if is_repaired(column):
            kept[delivered(name)] = text.clean(nw.col(name), ["trim"])
        cleaned[name] = value
    return frame.with_columns(**kept).with_columns(**cleaned) if kept else frame.with_columns(**cleaned)


def is_repaired(column: Column) -> bool:
    """Tell whether cleaning may change a column's value, so that it is kept as delivered beside."""
    return column.default is not None or bool(_REPAIRING.intersection(column.clean))


def with_typed_values(frame: Frame, table: Table, as_of: datetime) -> Frame:
    """Add the typed value of every column that is not text, null where the text does not have the type's shape."""
    cast = {
        typed(name): _typed(nw.col(name), column)
        for name, column in table.columns.items()
        if is_cast(column) and not column.derive
    }
    derived = {
        typed(name): dates.whole_years(nw.col(typed(column.derive.years_since)), as_of)
        for name, column in table.columns.items()
        if column.derive
    }
    frame = frame.with_columns(**cast) if cast else frame
    return frame.with_columns(**derived) if derived else frame


def with_normal_forms(frame: Frame, table: Table, phone_region: str, engine: Engine) -> Frame:
    """Add the normal form of e-mail addresses and telephone numbers, for rows that do not fail by themselves."""
    for name, column in table.columns.items():
        if column.normalise == "email":
            frame = frame.with_columns(text.email(nw.col(name)).alias(normalised(name)))
        elif column.normalise == "phone":
            wanted = typed(name)
            frame = frame.with_columns(nw.when(~nw.col(FAILS)).then(nw.col(name)).alias(wanted))
            frame = engine.with_mapped(frame, {wanted: normalised(name)}, to_e164(phone_region))
    return frame


def is_cast(column: Column) -> bool:
    """Tell whether a column's value is other than its cleaned text, and stands under its typed name."""
    return column.type not in {"text", "category"} or bool(column.map) or column.otherwise is not None


def _typed(value: nw.Expr, column: Column) -> nw.Expr:
    """Return a column's text in its type."""
    if column.type == "integer":
        return numbers.integer(value)
    if column.type == "decimal":
        return numbers.decimal(value, column.scale)
    if column.type == "date":
        return dates.date(value, column.formats)
    if column.type == "timestamp":
        return dates.timestamp(value, column.formats)
    if column.type == "boolean":
        return booleans.boolean(value)
    return _category(value, column)


def _category(value: nw.Expr, column: Column) -> nw.Expr:
    """Map a value by the first pattern that it fits; ``*`` stands for any ending."""
    lower = value.str.to_lowercase()
    result = nw.lit(column.otherwise) if column.otherwise is not None else value
    for pattern, meaning in reversed(column.map.items()):
        fits = lower.str.starts_with(pattern[:-1].lower()) if pattern.endswith("*") else lower == pattern.lower()
        result = nw.when(fits).then(nw.lit(meaning)).otherwise(result)
    return nw.when(text.has_value(value)).then(result)


def final_value(name: str, column: Column) -> nw.Expr:
    """Return a column's value for silver, of rows that pass."""
    if column.normalise:
        return nw.col(normalised(name))
    if is_cast(column):
        return nw.col(typed(name))
    return nw.col(name) if column.required else nw.when(text.has_value(nw.col(name))).then(nw.col(name))
