from __future__ import annotations

import pyarrow as pa
import pytest

from shared.domain.ledger import Balance
from tests.proofs import Equal, Proofs
from tests.stored import Stored, assert_same_stored


def test_what_was_found_equal_is_shown_by_dataset():
    proofs = Proofs()
    assert list(proofs.lines()) == []
    proofs.add("orders", "Arrow = Spark", 600, Equal(silver=12_345, quarantine=67, gold=8, ledger=10))
    proofs.add("claims", "Arrow = pandas", 1, Equal(silver=1, quarantine=0, gold=0, ledger=2))
    assert list(proofs.lines()) == [
        "dataset  compared        cases  silver  quarantine  gold     ledger",
        "claims   Arrow = pandas      1       1           0     0   2 tables",
        "orders   Arrow = Spark     600  12,345          67     8  10 tables",
    ]


def run_of(*names: str | None) -> Stored:
    rows = {"orders": pa.table({"id": range(len(names)), "name": pa.array(names, pa.string())})}
    return Stored(
        {"orders": Balance(read=2, silver=2, quarantined=0, duplicate=0)},
        {},
        {"silver": rows, "quarantine": {}, "gold": rows},
    )


def test_only_what_was_compared_and_equal_is_counted():
    assert assert_same_stored(run_of("a", None), run_of("a", None)) == Equal(silver=2, quarantine=0, gold=2, ledger=1)
    for other in (run_of("a", "b"), run_of("a")):
        with pytest.raises(AssertionError):
            assert_same_stored(run_of("a", None), other)
