"""Writes a remittance report as the web page that clinics get."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from devkit.samples.claims.claim import COLUMNS, RECORD_TYPES, money

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from devkit.samples.claims.claim import SampleClaim

_WITH_SYMBOL = {"shadow_bill", "out_of_province"}
_EMBEDDED = {"Paid": "paid_claims", "Refused": "refused_claims", "In Hold": "held_claims"}


def page_of(claims: Sequence[SampleClaim]) -> bytes:
    """Return a report as a page that prints the claims, and states and embeds what they are meant to be."""
    return "".join(_parts(claims)).encode()


def _parts(claims: Sequence[SampleClaim]) -> Iterator[str]:
    by_type = {name: [claim for claim in claims if claim.record_type == name] for name in RECORD_TYPES}
    totals = {
        "Total Billed": sum(claim.billed for claim in claims),
        "Total Paid": sum(claim.billed + claim.adjust for claim in claims),
        "Total Held": sum(claim.billed for claim in by_type["In Hold"]),
        "Total Adjusted": sum(claim.adjust for claim in by_type["Paid"]),
    }
    yield "<!DOCTYPE html>\n<html lang='en'>\n<head><meta charset='UTF-8'><title>Sample report</title></head>\n<body>\n"
    for name, cents in totals.items():
        yield f"<div class='item-title'>{name}</div>\n<div class='item-value'>{money(cents)}</div>\n"
    for record_type, printed in by_type.items():
        yield f"<div class='item-title'><div class='text'>{len(printed)} {record_type} Records</div></div>\n"
        yield "<table>\n<thead>\n"
        yield from (f"  <th class='{css}'>{name}</th>\n" for css, name, _ in COLUMNS)
        yield "</thead>\n<tbody>\n"
        for claim in printed:
            yield from _rows(claim)
        yield "</tbody>\n</table>\n"
    groups = {_EMBEDDED[name]: [claim.meant for claim in printed] for name, printed in by_type.items()}
    yield f"<script>\n  var data = {json.dumps([groups])}\n</script>\n</body>\n</html>\n"


def _rows(claim: SampleClaim) -> Iterator[str]:
    stated = f"messages-{claim.message_count}"
    yield f"<tr class='claim-item-row {stated}'>\n"
    for css, _, column in COLUMNS:
        if column in claim.cells:
            text = escape(claim.cells[column])
            content = f"<span></span><span class='hidden-text'>{text}</span>" if column in _WITH_SYMBOL else text
            yield f"  <td class='{css}'>{content}</td>\n"
    yield "</tr>\n"
    if claim.messages is not None:
        yield f"<tr class='claim-message-row {stated}'>\n  <td colspan='10' class='message'>\n    <ul>\n"
        yield from (f"      <li>{escape(message)}</li>\n" for message in claim.messages)
        yield "    </ul>\n  </td>\n</tr>\n"
