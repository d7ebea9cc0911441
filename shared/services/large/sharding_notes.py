"""The notes that say how far the files of a job are cut, each with the run that has asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from shared.domain.shards import ShardingNote
from shared.services.notes import read_note

if TYPE_CHECKING:
    from shared.ports import BlobStore
    from shared.services.layout import Layout


@dataclass(frozen=True, slots=True)
class ShardingNotes:
    """Reads and writes them."""

    blobs: BlobStore
    layout: Layout

    def of_run(self, job_id: str, run_id: str | None) -> ShardingNote | None:
        """Return the note of a run, None where it has not asked."""
        if run_id is None:
            return None
        return read_note(self.blobs, self.layout.sharding_note(job_id, run_id), ShardingNote)

    def save(self, job_id: str, run_id: str, note: ShardingNote) -> None:
        """Write the note of a run."""
        self.blobs.put(*self.layout.sharding_note(job_id, run_id), msgspec.json.encode(note))
