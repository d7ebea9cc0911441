"""Laws of every dataset, whatever is sent to it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from shared.domain.verdicts import REJECTING

if TYPE_CHECKING:
    from tests.outcome import Outcome


def assert_every_row_is_in_one_place(result: Outcome) -> None:
    """Demand that each row read is either accepted or rejected once, and that the ledger counts just that."""
    for table, balance in result.ledger.items():
        rejected = [row for row in result.verdicts[table].to_pylist() if row["outcome"] in set(REJECTING)]
        accepted = result.silver[table].to_pylist()
        places = Counter((row["_file"], row["_row_no"]) for row in (*accepted, *rejected))
        assert set(places.values()) <= {1}, table
        counted = Counter(row["outcome"] for row in rejected)
        found = (len(places), len(accepted), *(counted[outcome] for outcome in REJECTING))
        assert found == (balance.read, balance.silver, balance.quarantined, balance.duplicate, balance.skipped), table
        assert balance.balances, table
