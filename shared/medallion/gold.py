"""Gold: the dataset's own functions make tables for analysis out of silver, without personal values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from shared.datasets.gold_table import ENGINE
from shared.frames.engine import get_engine
from shared.frames.values import to_token
from shared.medallion.side_by_side import side_by_side
from shared.ports import AggregateTable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shared.contracts.table import Table
    from shared.datasets.catalogue import Dataset
    from shared.datasets.gold_table import GoldTable
    from shared.frames.engine import Engine, Frame
    from shared.medallion.context import Lineage, RunContext


#: What the rows of gold say of their origin.
LINEAGE = ("_job_id", "_user_id", "_loaded_at")


def build(dataset: Dataset, silver: Mapping[str, Frame], context: RunContext, engine: Engine) -> dict[str, Frame]:
    """Return the dataset's gold tables, each with its lineage columns, of one job's silver frames."""
    used = {name for table in dataset.gold for name in table.inputs}
    frames = {
        table.name: _without_personal_values(silver[table.name], table, context, engine)
        for table in dataset.contract.tables
        if table.name in used
    }
    tables = {table.name: table for table in dataset.gold}
    made: dict[str, Frame] = {}
    needs: dict[str, set[str]] = {}
    for name, table in tables.items():
        needs[name] = needs.keys() & table.inputs  # of those above it: it may itself have the name of a silver table

    def make(name: str) -> Frame:
        above = {other: made[other] for other in needs[name]}
        rows = _with_lineage(_call(tables[name], {**frames, **above}, engine), context.lineage)
        kept = engine.keep(rows, "gold", name)
        made[name] = kept.drop(*LINEAGE)
        return kept

    return side_by_side(needs, make, engine.tables_at_once)


def aggregate_tables(dataset: Dataset, lineage: Lineage) -> tuple[AggregateTable, ...]:
    """Return the gold tables that a warehouse recomputes from what it holds, by the very functions that made gold."""
    return tuple(
        AggregateTable(table.name, table.inputs, _recomputation(table, lineage))
        for table in dataset.gold
        if table.aggregate
    )


def _recomputation(table: GoldTable, lineage: Lineage) -> Callable[[Mapping[str, Frame]], Frame]:
    def compute(frames: Mapping[str, Frame]) -> Frame:
        return _with_lineage(_call(table, frames, get_engine("pyarrow")), lineage)

    return compute


def _call(table: GoldTable, frames: Mapping[str, Frame], engine: Engine) -> Frame:
    arguments: dict[str, object] = {name: frames[name] for name in table.inputs}
    if table.takes_engine:
        arguments[ENGINE] = engine
    result: Frame = table.function(**arguments)
    return result


def _without_personal_values(frame: Frame, table: Table, context: RunContext, engine: Engine) -> Frame:
    """Replace identifying texts and whole numbers by tokens, and leave out other identifying values."""
    identifiers = {name: c for name, c in table.columns.items() if c.pii == "identifier" and not c.drop}
    tokens = {name: f"{name}__token" for name, column in identifiers.items() if column.type in {"text", "integer"}}
    kept = [name for name in frame.collect_schema().names() if name not in identifiers or name in tokens]
    if tokens:
        frame = frame.with_columns(*(nw.col(name).cast(nw.String()) for name in tokens))
        frame = engine.with_mapped(frame, tokens, to_token(context.token_key))
    return frame.select(*(nw.col(tokens.get(name, name)).alias(name) for name in kept))


def _with_lineage(frame: Frame, lineage: Lineage) -> Frame:
    """Add which job and user a row came from and when it was loaded (UTC)."""
    return frame.with_columns(
        nw.lit(lineage.job_id, nw.String()).alias("_job_id"),
        nw.lit(lineage.user_id).alias("_user_id"),
        nw.lit(lineage.loaded_at.replace(tzinfo=None)).cast(nw.Datetime("us")).alias("_loaded_at"),
    )
