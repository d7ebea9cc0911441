"""Compares what two judgements of the same rows reject: which rows the later lets go, and which it takes besides."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shared.domain.verdicts import REJECTING
from shared.readers.rows import SEQUENCE

_RULE = ["outcome", "column", "rule"]


def rule_changes(before: pa.Table | None, after: pa.Table | None) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Count by rule the rows that only ``before`` rejects, then those that only ``after`` does.

    Both are the verdicts on one table, None where there are none. A count has ``outcome``, ``column``, ``rule`` and
    ``rows``; the most frequent come first.
    """
    old, new = _rejected(before), _rejected(after)
    return _counts(_without(old, new)), _counts(_without(new, old))


def _rejected(verdicts: pa.Table | None) -> pa.Table:
    wanted = [SEQUENCE, *_RULE]
    if verdicts is None:
        types = [pa.int64(), *(pa.string() for _ in _RULE)]
        return pa.schema(list(zip(wanted, types, strict=True))).empty_table()
    outcomes = pa.array([outcome.value for outcome in REJECTING], pa.string())
    return verdicts.filter(pc.is_in(verdicts["outcome"], outcomes)).select(wanted)


def _without(rows: pa.Table, others: pa.Table) -> pa.Table:
    """Return the rows that stand at places of the job where none of the others does."""
    return rows.filter(pc.invert(pc.is_in(rows[SEQUENCE], others[SEQUENCE].combine_chunks())))


def _counts(rows: pa.Table) -> list[dict[str, Any]]:
    counted = rows.group_by(_RULE).aggregate([([], "count_all")]).rename_columns([*_RULE, "rows"])
    return sorted(counted.to_pylist(), key=lambda count: (-count["rows"], count["column"], count["rule"]))
