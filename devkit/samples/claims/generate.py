"""Generates a remittance report, puts faults into it, and works out from the faults what must become of every row."""

from __future__ import annotations

from collections import deque
from random import Random
from typing import TYPE_CHECKING

from devkit.samples.answer_key import InjectedFault, Rejection
from devkit.samples.claims.claim import sample_claim
from devkit.samples.claims.faults import KINDS
from devkit.samples.claims.page import page_of
from devkit.samples.claims.sample import ClaimsSample

if TYPE_CHECKING:
    from devkit.samples.claims.claim import SampleClaim
    from devkit.samples.claims.faults import Told

_CLAIMS, _MESSAGES = "claims", "claim_messages"


def generate(claims: int = 200, seed: int = 1, fault_rate: float = 0.05) -> ClaimsSample:
    """Make a report of so many claims, the same for the same arguments; 18,500 are about 20 MB.

    ``fault_rate`` is the share of the claims into which a fault is put. The first has none.
    """
    rng = Random(seed)  # noqa: S311 - samples must be repeatable, not secret
    held, refused = round(claims * 0.045), round(claims * 0.015)
    types = ["Paid"] * (claims - held - refused) + ["Refused"] * refused + ["In Hold"] * held
    made = [sample_claim(rng, record_type, number) for number, record_type in enumerate(types)]
    told = _spoil(rng, made, fault_rate)
    faults = [InjectedFault(no, _CLAIMS, one.column, kind, one.rejecting) for no, (kind, one) in told.items()]
    sample = ClaimsSample(faults=faults, page=page_of(made), claims=made)
    _answer(sample, {no: one for no, (_, one) in told.items()})
    return sample


def _spoil(rng: Random, claims: list[SampleClaim], fault_rate: float) -> dict[int, tuple[str, Told]]:
    """Put the faults in, each kind in its turn; returns them by the number of the claim."""
    told: dict[int, tuple[str, Told]] = {}
    deck: deque[str] = deque()
    for number, claim in enumerate(claims[1:], 2):
        if rng.random() < fault_rate:
            deck = deck or deque(rng.sample(list(KINDS), len(KINDS)))
            kind = deck.popleft()
            told[number] = kind, KINDS[kind](rng, claim, claims[0])
    return told


def _answer(sample: ClaimsSample, told: dict[int, Told]) -> None:
    """Work out what must become of every row; the messages of a rejected claim are rejected with it."""
    rejected = {no: Rejection(one.column, one.rejecting) for no, one in told.items() if one.rejecting}
    belonging = [no for no, claim in enumerate(sample.claims, 1) for _ in claim.messages or ()]
    orphans = {number: Rejection("row", "reference") for number, claim in enumerate(belonging, 1) if claim in rejected}
    sample.read.update({_CLAIMS: len(sample.claims), _MESSAGES: len(belonging)})
    sample.rejections.update({_CLAIMS: rejected, _MESSAGES: orphans})
    sample.duplicates.update({_CLAIMS: {}, _MESSAGES: {}})
    findings = {no: one.findings for no, one in told.items() if one.findings}
    sample.findings.update({_CLAIMS: findings, _MESSAGES: {}})
