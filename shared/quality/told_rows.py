"""Makes verdicts of what a dataset's own reader says of rows, which no rule could find in their cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import pyarrow as pa

from shared.domain.verdicts import Outcome
from shared.frames.literals import nothing
from shared.quality.keys import passes
from shared.quality.names import COLUMN, MESSAGE, OUTCOME, RULE
from shared.quality.shown_cells import key_cells, named_cell
from shared.readers.rows import FILE, ROW_NO, SEQUENCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.contracts.table import Table
    from shared.frames.engine import Engine, Frame
    from shared.quality.evaluate import Evaluated

_OUTCOMES = {"flag": Outcome.FLAGGED, "repair": Outcome.REPAIRED}


def told_rows(evaluated: Evaluated, told: pa.Table, engine: Engine) -> Frame:
    """Return a verdict for each finding whose row stays.

    ``told`` has the columns ``_seq``, ``column``, ``rule`` (a finding in the contract), ``expected`` and ``found``
    (text, null where there is no more to say).
    """
    table, file = evaluated.table, nw.col(FILE)
    worded = _worded(table, told.to_pylist())
    rows = evaluated.frame.filter(passes()).join(engine.from_arrow(worded), on=SEQUENCE, how="inner")
    named = [name for name in table.columns if name in set(told["column"].to_pylist())]
    return rows.sort(SEQUENCE, COLUMN, RULE).select(
        file,
        nw.col(ROW_NO),
        nw.col(SEQUENCE),
        nw.col(OUTCOME).alias("outcome"),
        nw.col(COLUMN).alias("column"),
        nw.col(RULE).alias("rule"),
        named_cell(table, named, as_delivered=True).alias("value"),
        nw.col(MESSAGE).alias("message"),
        nothing(file).alias("also"),
        key_cells(table).alias("key"),
        nothing(file).alias("repeats_file"),
        nothing(nw.col(ROW_NO)).alias("repeats_row_no"),
    )


def _worded(table: Table, told: list[dict[str, Any]]) -> pa.Table:
    """Return findings in the contract's words."""
    outcomes = {finding.id: _OUTCOMES[finding.on_fail].value for finding in table.findings}
    return pa.table(
        {
            SEQUENCE: pa.array([one[SEQUENCE] for one in told], pa.int64()),
            OUTCOME: pa.array([outcomes[one["rule"]] for one in told], pa.string()),
            COLUMN: pa.array([one["column"] for one in told], pa.string()),
            RULE: pa.array([one["rule"] for one in told], pa.string()),
            MESSAGE: pa.array([_message(table, one) for one in told], pa.string()),
        }
    )


def _message(table: Table, one: Mapping[str, Any]) -> str:
    """Say a finding, and what was expected and found where that is told."""
    said = table.verdict(one["rule"]).message(table.columns[one["column"]].label)
    details = [f"{name} {one[name]}" for name in ("expected", "found") if one[name] is not None]
    return f"{said} ({', '.join(details)})" if details else said
