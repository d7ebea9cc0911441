"""Finds the rows of one key among accepted rows, and what was said of them among verdicts."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from shared.readers.rows import FILE, ROW_NO

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shared.frames.engine import BatchFunction


def rows_with_key(rows: pa.Table, key: Mapping[str, str], tokens: Mapping[str, BatchFunction]) -> pa.Table:
    """Return the rows whose columns have these values, given as text; "7" finds the number 7, written "007" or not.

    The columns of ``tokens`` are compared by the tokens that these functions make of them.
    """
    compared = {name: _tokens(rows[name], tokens[name]) if name in tokens else rows[name] for name in key}
    return rows.filter(reduce(pc.and_, (_equals(compared[name], text) for name, text in key.items())))


def verdicts_on(verdicts: pa.Table, key: str | None, places: Iterable[tuple[str, int]]) -> pa.Table:
    """Return the verdicts on rows of this key as it was written, or that stand at these places in their files."""
    masks = [pc.equal(verdicts["key"], key)] if key is not None else []
    for file, row_no in places:
        masks.append(pc.and_(pc.equal(verdicts[FILE], file), pc.equal(verdicts[ROW_NO], row_no)))
    return verdicts.filter(reduce(pc.or_kleene, masks)) if masks else verdicts.slice(0, 0)


def _tokens(column: pa.ChunkedArray, tokenise: BatchFunction) -> pa.ChunkedArray:
    texts = column.cast(pa.string()).dictionary_encode().unify_dictionaries().combine_chunks()
    return pa.chunked_array([tokenise(texts.dictionary).take(texts.indices)])


def _equals(column: pa.ChunkedArray, text: str) -> pa.ChunkedArray:
    try:
        value = pa.scalar(text).cast(column.type)
    except pa.ArrowInvalid:
        # No value of the column's type: a row of such a key can only have been rejected.
        value = pa.scalar(None, column.type)
    return pc.equal(column, value).fill_null(False)
