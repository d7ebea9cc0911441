"""The tombstone of a job: what is kept of a deletion."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003 - the annotations are read when a deletion is decoded


@dataclass(frozen=True, slots=True)
class Deletion:
    """Who deleted a job and when (UTC), whether the files as sent went too, and how much that was.

    ``files`` counts by container; ``rows`` counts by warehouse table and is empty until they are gone.
    """

    by: str
    at: datetime
    bronze: bool
    files: dict[str, int]
    rows: dict[str, int] = field(default_factory=dict)
