"""Finds the names that may be those of columns at the top of a file of which nothing else is known."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from shared.readers.delimited import top_rows
from shared.readers.encoding import UNREADABLE_AS_NUL, encoding_of
from shared.readers.sniff import Kind
from shared.readers.workbook import top_cells

if TYPE_CHECKING:
    from shared.readers.archives import Part


def column_names(part: Part) -> set[str]:
    """Return the names of the first JSON record's fields, or what stands in the first rows of a table."""
    if part.kind is Kind.JSON:
        return _fields(part.head)
    if part.kind is Kind.WORKBOOK:
        return set(top_cells(part.stream, part.filename))
    if part.kind is Kind.DELIMITED:
        return {cell for row in top_rows(part.head, part.filename) for cell in row}
    return set()


def _fields(head: bytes) -> set[str]:
    """Return the names of the first object in JSON that begins so, none if it is cut off."""
    text = head.decode(encoding_of(head), UNREADABLE_AS_NUL)
    try:
        record, _ = json.JSONDecoder().raw_decode(text, text.index("{"))
    except (ValueError, RecursionError):
        return set()
    return set(record)
