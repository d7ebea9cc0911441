"""What a correction adds: its rows together with those accepted before, and of the gold of both what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from shared.medallion.gold import LINEAGE

if TYPE_CHECKING:
    from collections.abc import Sequence

_ORDER = "_order"


def latest_rows(tables: Sequence[pa.Table], key: Sequence[str]) -> pa.Table:
    """Return the rows of several tables; of those with equal key, the one in the last."""
    rows = pa.concat_tables(tables, promote_options="default").combine_chunks()
    numbered = rows.select(list(key)).append_column(_ORDER, pa.array(range(rows.num_rows), pa.int64()))
    last = numbered.group_by(list(key), use_threads=False).aggregate([(_ORDER, "max")])
    return rows.take(last[f"{_ORDER}_max"])


def new_rows(rows: pa.Table, known: pa.Table) -> pa.Table:
    """Return the rows that are not among those known, whatever their lineage says."""
    columns = [name for name in rows.column_names if name not in LINEAGE]
    both = pa.concat_tables([known, rows], promote_options="default").select(columns).combine_chunks()
    place = pa.array(range(-known.num_rows, rows.num_rows), pa.int64())
    first = both.append_column(_ORDER, place).group_by(columns, use_threads=False).aggregate([(_ORDER, "min")])
    found = first[f"{_ORDER}_min"]
    return rows.take(found.filter(pc.greater_equal(found, 0)))
