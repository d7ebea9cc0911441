"""Reads a remittance report: a web page with a table each of paid, refused and held claims, and sums above them.

A row is a claim, and may be followed by a row with the messages that belong to it. Everything is kept as printed: what
is right is for the contract to say, and for :mod:`shared.datasets.claims.reconcile`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from shared.errors import UnreadableFileError
from shared.readers.html_tables import cells_of, header_of, in_one_line, items_of, read_page, rows_of
from shared.readers.rows import ragged_fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from selectolax.lexbor import LexborNode

    from shared.readers.html_tables import Block, Page

#: The columns of a claim as the page names them, and as the contract does.
PRINTED = {
    "seq number": "seq_number",
    "service date": "service_date",
    "practitioner number": "practitioner_number",
    "phn": "phn",
    "fee item": "fee_item",
    "shadow bill": "shadow_bill",
    "out of province": "out_of_province",
    "billed": "billed",
    "adjust": "adjust",
    "paid": "paid",
}
RECORD_TYPES = ("Paid", "Refused", "In Hold")

_TITLE = re.compile(r"([\d,]{1,15}) (Paid|Refused|In Hold) Records?", re.IGNORECASE)
_STATED = (
    "remittance_date", "payment_date", "balance_forward", "cheque_amount", "new_balance", "total_billed", "total_paid",
    "total_held", "total_adjusted", "regular_amount",
)  # fmt: skip
_MESSAGE_COUNT = re.compile(r"(?:^|\s)messages-(\d{1,9})(?:\s|$)")
_EMBEDDED = "paid_claims"

Cells = tuple[str | None, ...]


class Claim(msgspec.Struct, gc=False):
    """A claim as printed: its cells in the order of ``PRINTED``, or why they cannot be told apart.

    ``message_count`` is how many messages it says it has, ``messages`` what follows it; None where no row does.
    """

    record_type: str
    cells: Cells
    message_count: int | None
    fault: str | None = None
    messages: tuple[str, ...] | None = None


class Section(NamedTuple):
    """One of the tables: how many claims its title declares, and how many there are."""

    record_type: str
    declared: int
    found: int


@dataclass(slots=True)
class Report:
    """What a report says.

    ``strays`` are messages that no claim stands above. ``stated`` holds the texts beside each of the names that matter
    (``total_billed``), and the second values within those (``total_billed_second``). ``embedded`` are the scripts that
    repeat the claims.
    """

    claims: list[Claim] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    stated: dict[str, list[str]] = field(default_factory=dict)
    embedded: list[str] = field(default_factory=list)


def read_report(data: bytes, filename: str) -> Report:
    """Return what a report says.

    Raises :class:`UnreadableFileError` when the page has no section of claims, or one whose table lacks a column.
    """
    page = read_page(data, _TITLE, filename)
    if not page.blocks:
        raise UnreadableFileError(
            f"{filename} is no remittance report: it has no title like '12 Paid Records'.",
            code="no_claims",
            advice="Save the page of the report as a whole, as HTML, and upload that.",
            file=filename,
        )
    report = Report()
    for block in page.blocks:
        before = len(report.claims)
        record_type = next(name for name in RECORD_TYPES if name.lower() == block.title[2].lower())
        _read_block(block, record_type, report, filename)
        section = Section(record_type, int(block.title[1].replace(",", "") or 0), len(report.claims) - before)
        report.sections.append(section)
    _read_what_is_stated(page, report)
    return report


def _read_block(block: Block, record_type: str, report: Report, filename: str) -> None:
    """Add the claims of a section; messages go to the claim above them."""
    header = header_of(block)
    names = [cell.text_lexbor() for cell in header]
    places = _places(names, record_type, filename) if block.pieces else []
    above: Claim | None = None
    for row in rows_of(block):
        has_messages, message_count = _kind(row.attributes.get("class") or "")
        cells = [] if has_messages else cells_of(row)
        if has_messages or (has_messages is None and len(cells) == 1):
            messages = _messages(row)
            if above is None:
                report.strays += messages
            else:
                above.messages = (above.messages or ()) + messages
        elif cells and cells != names:
            fitted, fault = _fitted(row, cells, header)
            above = Claim(record_type, tuple([fitted[place] for place in places]), message_count, fault)
            report.claims.append(above)


def _messages(row: LexborNode) -> tuple[str, ...]:
    """Return the messages in a row: the items of its list, or all its text where it has none."""
    text = in_one_line(row.text_lexbor())
    return tuple(items_of(row) or [text]) if text else ()


@lru_cache(maxsize=1_000)
def _kind(css: str) -> tuple[bool | None, int | None]:
    """Return what a row's class says: whether the row holds messages, if it says so, and how many the claim has."""
    names = css.split()
    counted = _MESSAGE_COUNT.search(css)
    is_known = "claim-message-row" in names or "claim-item-row" in names
    return "claim-message-row" in names if is_known else None, int(counted[1]) if counted else None


def _places(header: Sequence[str], record_type: str, filename: str) -> list[int]:
    names = [in_one_line(name).lower() for name in header]
    missing = [name for name in PRINTED if name not in names]
    if missing:
        raise UnreadableFileError(
            f"The table of {record_type} records in {filename} lacks the column{'s' * (len(missing) > 1)} "
            f"{', '.join(missing)}.",
            code="missing_columns",
            advice="Save the page of the report as a whole, and upload that.",
            file=filename,
            missing=missing,
        )
    return [names.index(name) for name in PRINTED]


def _fitted(row: LexborNode, cells: list[str], header: Sequence[LexborNode]) -> tuple[Sequence[str | None], str | None]:
    """Return a cell for each of the header's, and what is wrong if nothing says which is which.

    Where a row has too few, those that bear the class of a cell of the header belong under it.
    """
    if len(cells) == len(header):
        return cells, None
    under = {cell.attributes.get("class"): text for cell, text in zip(row.iter(), cells, strict=True)}
    columns = [cell.attributes.get("class") for cell in header]
    if None not in under and len(under) == len(cells) and under.keys() <= set(columns):
        return [under.get(column) for column in columns], None
    return [None] * len(header), ragged_fault(len(header), len(cells))


def _read_what_is_stated(page: Page, report: Report) -> None:
    """Add the values beside the names that matter, and the claims that the page's script repeats."""
    report.embedded = [script for script in page.scripts if _EMBEDDED in script]
    for element in page.elements:
        name = in_one_line(element.text(deep=False)).lower().replace(" ", "_")
        value = _next_element(element) if name in _STATED else None
        if value is not None:
            report.stated.setdefault(name, []).append(value.text(deep=False, strip=True))
            for second in value.iter():
                report.stated.setdefault(f"{name}_second", []).append(second.text_lexbor().strip())


def _next_element(element: LexborNode) -> LexborNode | None:
    following = element.next
    while following is not None and not following.is_element_node:
        following = following.next
    return following
