"""What a run of a job knows besides its files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Lineage:
    """Which job and user a row of gold came from, and when (UTC); no job where only a deletion changed it."""

    job_id: str | None
    user_id: str
    loaded_at: datetime


@dataclass(frozen=True, slots=True)
class RunContext:
    """``as_of`` is the time the rules take for now, ``loaded_at`` goes into lineage (both UTC with a zone).

    ``token_key`` turns personal values into tokens for gold.
    """

    job_id: str
    run_id: str
    user_id: str
    as_of: datetime
    loaded_at: datetime
    token_key: bytes

    @property
    def lineage(self) -> Lineage:
        """What the rows of this run say of their origin."""
        return Lineage(self.job_id, self.user_id, self.loaded_at)
