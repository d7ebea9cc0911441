"""Makes rows of text of a remittance report: a table of its claims, and one of the messages that belong to them."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from shared.datasets.claims.report import PRINTED, RECORD_TYPES
from shared.readers.html_tree import UNREADABLE
from shared.readers.rows import FAULTS, FILE, ROW_NO, SEQUENCE, sequence_start

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.datasets.claims.report import Report

#: Stands between the messages of a claim where they share a cell, and in that cell when there are none.
SEPARATOR = " | "
NO_MESSAGES = "Not Assigned"

_AMOUNT = re.compile(r"\[([-+$(),.\d\s]*\d[-+$(),.\d\s]*)\]\s*(.*)", re.DOTALL)
_HEALTH_NUMBER = r"^\s*(?P<province>[^-0-9]*?)\s*-\s*(?P<number>\S(?:.|\n)*?)?\s*$"


def claim_tables(report: Report, filename: str, file_no: int) -> dict[str, pa.Table]:
    """Return the tables ``claims`` and ``claim_messages`` of a report.

    Columns: the contract's, as text, then ``_faults``, ``_file``, ``_row_no`` (claims and messages are numbered over
    the whole report, from 1) and ``_seq``. ``row`` is a claim's place in the job, of a message that of its claim.
    """
    start = sequence_start(file_no)
    tables = {"claims": _claims(report, start), "claim_messages": _messages(report, start)}
    return {name: _numbered(table, filename, start) for name, table in tables.items()}


def _claims(report: Report, start: int) -> pa.Table:
    claims = report.claims
    cells = zip(*(claim.cells for claim in claims), strict=True) if claims else ((),) * len(PRINTED)
    printed = dict(zip(PRINTED.values(), map(_text, cells), strict=True))
    places = {record_type: count(1) for record_type in RECORD_TYPES}
    columns = {
        "row": _digits(range(start + 1, start + 1 + len(claims))),
        "record_type": _text(claim.record_type for claim in claims),
        "section_row": _digits(next(places[claim.record_type]) for claim in claims),
    }
    for name, values in printed.items():
        columns |= health_number(values) if name == "phn" else {name: values}
    columns |= {
        "message_count": _digits(claim.message_count for claim in claims),
        "comments": _text(SEPARATOR.join(claim.messages) if claim.messages else NO_MESSAGES for claim in claims),
        FAULTS: _text(claim.fault for claim in claims),
    }
    return pa.table(columns)


def _messages(report: Report, start: int) -> pa.Table:
    rows: list[int | None] = [None] * len(report.strays)
    numbers = list(range(1, len(rows) + 1))
    texts = list(report.strays)
    for row, claim in enumerate(report.claims, start + 1):
        if claim.messages:
            rows += [row] * len(claim.messages)
            numbers += range(1, len(claim.messages) + 1)
            texts += claim.messages
    parts = [_AMOUNT.fullmatch(text) if text.startswith("[") else None for text in texts]
    columns = {
        "row": _digits(rows),
        "message_no": _digits(numbers),
        "amount": _text(part[1].strip() if part else None for part in parts),
        "message_text": _text(part[2] if part else text for part, text in zip(parts, texts, strict=True)),
        FAULTS: pa.nulls(len(rows), pa.string()),
    }
    return pa.table(columns)


def _numbered(table: pa.Table, filename: str, start: int) -> pa.Table:
    numbers = pa.array(range(1, table.num_rows + 1), pa.int64())
    places = pa.array(range(start + 1, start + 1 + table.num_rows), pa.int64())
    return (
        table.append_column(FILE, pa.repeat(filename, table.num_rows))
        .append_column(ROW_NO, numbers)
        .append_column(SEQUENCE, places)
    )


def health_number(printed: pa.Array) -> dict[str, pa.Array]:
    """Take province and number apart, ``BC - 9999999999``; what looks otherwise stays together as the number."""
    parts = pc.extract_regex(printed, _HEALTH_NUMBER)
    province, number = (pc.struct_field(parts, name) for name in ("province", "number"))
    return {"phn_province": province, "phn": pc.if_else(pc.is_valid(parts), number, printed)}


def _text(values: Iterable[str | None]) -> pa.Array:
    """Return a column of text; what is no character is NUL, which the rules find: no database can store it."""
    return pc.replace_substring(pa.array(values, pa.string()), UNREADABLE, "\0")


def _digits(values: Iterable[int | None]) -> pa.Array:
    return pa.array(values, pa.int64()).cast(pa.string())
