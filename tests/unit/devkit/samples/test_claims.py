from __future__ import annotations

from devkit.samples.claims import generate
from devkit.samples.claims.faults import KINDS


def test_the_same_arguments_make_the_same_page_and_another_seed_another() -> None:
    assert generate(50) == generate(50)
    assert generate(50).page != generate(50, seed=2).page


def test_without_faults_every_claim_and_message_is_accepted() -> None:
    clean = generate(200, fault_rate=0)
    assert clean.faults == []
    assert clean.accepted == clean.read
    assert clean.read["claims"] == 200


def test_every_kind_of_fault_occurs() -> None:
    sample = generate(500, fault_rate=0.2)
    assert {fault.kind for fault in sample.faults} == set(KINDS)
    assert {rejection.rule for rejection in sample.rejections["claims"].values()} == {"required", "type"}


def test_messages_of_a_rejected_claim_are_rejected_with_it() -> None:
    sample = generate(500, fault_rate=0.2)
    rejected = sum(len(sample.claims[number - 1].messages or ()) for number in sample.rejections["claims"])
    assert len(sample.rejections["claim_messages"]) == rejected > 0


def test_a_claim_takes_about_a_kilobyte() -> None:
    assert 900 < len(generate(1_000, fault_rate=0).page) / 1_000 < 1_200
