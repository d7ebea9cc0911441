"""What a run of a job knows besides its files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


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
