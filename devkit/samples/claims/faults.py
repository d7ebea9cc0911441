"""The faults that a sample report may have, each put into one claim, and what must be reported of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from devkit.samples.claims.claim import money

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from devkit.samples.claims.claim import SampleClaim

_AMOUNTS = ("billed", "adjust", "paid")
_DIFFERS = "differs_from_embedded"

Report = tuple[str, str]


class Told(NamedTuple):
    """What must be told of a spoilt claim: the (column, rule) that rejects it, or those that are findings."""

    column: str
    rejecting: str | None = None
    findings: frozenset[Report] = frozenset()


def _missing_cell(rng: Random, claim: SampleClaim, _: SampleClaim) -> Told:
    column = rng.choice(("seq_number", "service_date", "practitioner_number", "fee_item", *_AMOUNTS))
    del claim.cells[column]
    return Told(column, "required")


def _bad_money(rng: Random, claim: SampleClaim, _: SampleClaim) -> Told:
    column = rng.choice(_AMOUNTS)
    claim.cells[column] = rng.choice(("N/A", "$1.234,56", "twelve", "$1,23", "$"))
    return Told(column, "type")


def _bad_date(rng: Random, claim: SampleClaim, _: SampleClaim) -> Told:
    claim.cells["service_date"] = rng.choice(("2031-13-45", "2031-02-30", "soon"))
    return Told("service_date", "type")


def _message_count(_: Random, claim: SampleClaim, __: SampleClaim) -> Told:
    claim.message_count += 1
    return Told("message_count", findings=frozenset({("message_count", "message_count_mismatch")}))


def _no_message_row(_: Random, claim: SampleClaim, __: SampleClaim) -> Told:
    findings = {("message_count", "no_message_row"), ("comments", _DIFFERS)} if claim.messages else set()
    claim.messages = None
    return Told("message_count", findings=frozenset(findings))


def _repeated_number(_: Random, claim: SampleClaim, before: SampleClaim) -> Told:
    claim.cells["seq_number"] = str(before.meant["seq_number"])
    return Told("seq_number", findings=frozenset({("seq_number", "duplicate_seq"), ("seq_number", _DIFFERS)}))


def _unbalanced(_: Random, claim: SampleClaim, __: SampleClaim) -> Told:
    claim.cells["paid"] = money(claim.billed + claim.adjust + 100)
    return Told("paid", findings=frozenset({("paid", "unbalanced"), ("paid", _DIFFERS)}))


def _parentheses(_: Random, claim: SampleClaim, __: SampleClaim) -> Told:
    claim.cells["adjust"] = "($1,234,567.50)"
    return Told("adjust", findings=frozenset({("paid", "unbalanced"), ("adjust", "money")}))


def _no_health_number(_: Random, claim: SampleClaim, __: SampleClaim) -> Told:
    claim.cells["phn"] = "\n     - \n    "
    differing = {("phn", _DIFFERS), ("phn_province", _DIFFERS)}
    return Told("phn", findings=frozenset({("phn", "empty_phn"), *differing}))


def _markup(_: Random, claim: SampleClaim, __: SampleClaim) -> Told:
    claim.messages = [*(claim.messages or []), 'Sample <b>bold</b> & "quoted" note']
    claim.message_count += 1
    return Told("comments", findings=frozenset({("comments", _DIFFERS)}))


#: By name: spoils a claim; the last argument is another that is printed above it and has no fault.
KINDS: dict[str, Callable[[Random, SampleClaim, SampleClaim], Told]] = {
    "missing_cell": _missing_cell,
    "bad_money": _bad_money,
    "bad_date": _bad_date,
    "message_count": _message_count,
    "no_message_row": _no_message_row,
    "repeated_number": _repeated_number,
    "unbalanced": _unbalanced,
    "parentheses": _parentheses,
    "no_health_number": _no_health_number,
    "markup": _markup,
}
