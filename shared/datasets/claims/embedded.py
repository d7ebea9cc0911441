"""The claims once more, as the page's own script has them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence


class EmbeddedClaim(msgspec.Struct, gc=False):
    """A claim as the script has it: messages are lines, those with an amount apart from the others."""

    seq_number: str | None = None
    service_date: str | None = None
    practitioner_number: str | None = None
    phn_type: str | None = None
    phn_value: str | None = None
    fee_item: str | None = None
    shadow_bill: str | None = None
    out_of_province: str | None = None
    billed_amount: float | None = None
    paid_amount: float | None = None
    explanations: str | None = None
    adjustments: str | None = None

    @property
    def messages(self) -> str:
        """All messages as lines, those without an amount first."""
        if self.explanations and self.adjustments:
            return f"{self.explanations}\n{self.adjustments}"
        return self.explanations or self.adjustments or ""


class _Group(msgspec.Struct):
    paid_claims: list[EmbeddedClaim] = []
    refused_claims: list[EmbeddedClaim] = []
    held_claims: list[EmbeddedClaim] = []
    unknown_claims: list[EmbeddedClaim] = []


EmbeddedClaims = dict[str, list[EmbeddedClaim]]

#: The type of claims in the script for which the report has no table.
UNKNOWN = "Unknown"


def embedded_claims(scripts: Sequence[str]) -> EmbeddedClaims | None:
    """Return the claims in scripts by their record type, None where there are none that can be read."""
    try:
        groups = [group for script in scripts for group in _decoded(script)]
    except (ValueError, RecursionError):
        return None
    if not scripts:
        return None
    return {
        "Paid": [claim for group in groups for claim in group.paid_claims],
        "Refused": [claim for group in groups for claim in group.refused_claims],
        "In Hold": [claim for group in groups for claim in group.held_claims],
        UNKNOWN: [claim for group in groups for claim in group.unknown_claims],
    }


def _decoded(script: str) -> list[_Group]:
    text = script[script.find("[", script.find("=")) :].rstrip().rstrip(";")
    try:
        return msgspec.json.decode(text, type=list[_Group], strict=False)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        # Further statements may follow.
        _, end = json.JSONDecoder().raw_decode(text)
        return msgspec.json.decode(text[:end], type=list[_Group], strict=False)
