from __future__ import annotations

from shared.domain.ledger import Balance, totals, unbalanced

EVEN = Balance(read=6, silver=3, quarantined=1, duplicate=1, skipped=1)
UNEVEN = Balance(read=6, silver=3, quarantined=1, duplicate=1)


def test_every_row_read_goes_to_exactly_one_place() -> None:
    assert EVEN.balances
    assert not UNEVEN.balances


def test_the_tables_that_do_not_add_up_are_named() -> None:
    assert unbalanced({"user": EVEN, "order": UNEVEN}) == ["order"]


def test_totals_are_sums_over_tables() -> None:
    assert totals({"a": EVEN, "b": EVEN}) == Balance(read=12, silver=6, quarantined=2, duplicate=2, skipped=2)
    assert totals({}) == Balance(0, 0, 0, 0)
