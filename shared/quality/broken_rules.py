"""Counts the rows of a table that break its rules, out of its verdicts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import narwhals as nw

from shared.domain.scorecard import BrokenRules
from shared.readers.rows import SEQUENCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shared.contracts.rules import Metric
    from shared.contracts.table import Table
    from shared.frames.engine import Engine, Frame

_SAID = "_said"


def counted_verdicts(verdicts: Frame, engine: Engine) -> list[dict[str, Any]]:
    """Return how many ``rows`` of verdicts there are of each ``outcome``, ``column``, ``rule`` and ``also``."""
    counts = verdicts.group_by("outcome", "column", "rule", "also").agg(nw.len().alias("rows"))
    return list(engine.to_arrow(counts).to_pylist())


def broken_rules(
    table: Table, verdicts: Frame, counts: Iterable[Mapping[str, Any]], messages: dict[str, str], engine: Engine
) -> BrokenRules:
    """Return how many rows break each rule, and each rule of a metric in any of its columns.

    ``counts`` are those of the verdicts; ``messages`` are what is said of each rule of the contract, by its name.
    """
    rows: Counter[str] = Counter()
    for count in counts:
        named = {f"{count['column']}:{count['rule']}", *filter(None, (count["also"] or "").split(","))}
        rows.update(dict.fromkeys(named, count["rows"]))
    return BrokenRules(
        dict(rows), {metric.name: _rows_that_break(metric, verdicts, engine) for metric in table.metrics}, messages
    )


def _rows_that_break(metric: Metric, verdicts: Frame, engine: Engine) -> int:
    """Count rows, of which there may be several verdicts, by all rules that these name."""
    own = nw.concat_str(nw.lit(","), nw.col("column"), nw.lit(":"), nw.col("rule"), nw.lit(","))
    said = verdicts.select(SEQUENCE, nw.concat_str(own, nw.col("also"), ignore_nulls=True).alias(_SAID))
    named = [f",{column}:{metric.rule}," for column in metric.columns] or [f":{metric.rule},"]
    breaks = nw.any_horizontal(*(nw.col(_SAID).str.contains(name, literal=True) for name in named), ignore_nulls=True)
    found = said.filter(breaks).select(SEQUENCE).unique().select(nw.len().alias("rows"))
    return int(engine.to_arrow(found).column("rows")[0].as_py())
