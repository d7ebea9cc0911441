"""The ledger: per table, every row read is accounted for exactly once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Balance:
    """Row counts of one table of one job."""

    read: int
    silver: int
    quarantined: int
    duplicate: int
    skipped: int = 0

    @property
    def balances(self) -> bool:
        """Whether every row read went to exactly one place."""
        return self.read == self.silver + self.quarantined + self.duplicate + self.skipped


#: Balances per contract table, in the contract's order.
Ledger = dict[str, Balance]


def unbalanced(ledger: Mapping[str, Balance]) -> list[str]:
    """Return the names of the tables whose rows do not add up."""
    return [table for table, balance in ledger.items() if not balance.balances]


def totals(ledger: Mapping[str, Balance]) -> Balance:
    """Return the sums over all tables."""
    return Balance(
        read=sum(balance.read for balance in ledger.values()),
        silver=sum(balance.silver for balance in ledger.values()),
        quarantined=sum(balance.quarantined for balance in ledger.values()),
        duplicate=sum(balance.duplicate for balance in ledger.values()),
        skipped=sum(balance.skipped for balance in ledger.values()),
    )
