"""Makes claims that came in a file of rows and columns what those of a report are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from shared.datasets.claims.claim_tables import NO_MESSAGES, health_number
from shared.datasets.claims.report import RECORD_TYPES
from shared.readers.rows import SEQUENCE

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOT_LETTERS = r"[\s_.-]+"


def as_claims(rows: pa.Table) -> pa.Table:
    """Return rows of claims as a report has them, all columns as text.

    A row without a place of its own has that of its line in the job, and one without comments says so. A type of record
    may be written in any case, and health numbers with their province in one cell.
    """
    columns = {
        "row": _filled(rows["row"], rows[SEQUENCE].cast(pa.string())),
        "record_type": _record_type(rows["record_type"]),
        **_health_numbers(rows["phn_province"], rows["phn"]),
        "comments": _filled(rows["comments"], pa.scalar(NO_MESSAGES)),
    }
    return _replaced(rows, columns)


def _filled(cells: pa.ChunkedArray, others: pa.ChunkedArray | pa.Scalar) -> pa.ChunkedArray:
    return pc.if_else(_is_blank(cells), others, cells)


def _is_blank(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.equal(pc.fill_null(pc.utf8_trim_whitespace(cells), ""), "")


def _record_type(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    bare = pc.utf8_lower(pc.replace_substring_regex(cells, _NOT_LETTERS, ""))
    for record_type in RECORD_TYPES:
        is_meant = pc.fill_null(pc.equal(bare, record_type.replace(" ", "").lower()), False)
        cells = pc.if_else(is_meant, record_type, cells)
    return cells


def _health_numbers(provinces: pa.ChunkedArray, numbers: pa.ChunkedArray) -> dict[str, pa.ChunkedArray]:
    """Take province and number apart where they share a cell."""
    parts = health_number(numbers.combine_chunks())
    is_shared = pc.and_(_is_blank(provinces), pc.is_valid(parts["phn_province"]))
    return {
        "phn_province": pc.if_else(is_shared, parts["phn_province"], provinces),
        "phn": pc.if_else(is_shared, parts["phn"], numbers),
    }


def _replaced(rows: pa.Table, columns: Mapping[str, pa.ChunkedArray]) -> pa.Table:
    for name, values in columns.items():
        rows = rows.set_column(rows.schema.get_field_index(name), name, values)
    return rows
