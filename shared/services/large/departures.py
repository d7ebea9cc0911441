"""The notes that say which deleted jobs are still to be taken out of the analytical warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.ports import BlobStore
    from shared.services.layout import Layout

#: Stands where a run's id would, when what is published of a job is that it was deleted.
DEPARTURE = "departure"


@dataclass(frozen=True, slots=True)
class Departures:
    """Reads and writes them. They lie apart from the jobs, of which a sweep looks at the latest alone."""

    blobs: BlobStore
    layout: Layout

    def add(self, job_id: str) -> None:
        """Note that a job goes; may be repeated."""
        self.blobs.put(*self._place(job_id), b"")

    def waiting(self) -> Iterator[str]:
        """Yield the ids of the jobs that were noted."""
        container, prefix = self.layout.departures()
        yield from (path.removeprefix(prefix) for path in list(self.blobs.list(container, prefix)))

    def forget(self, job_id: str) -> None:
        """Note that a job is gone; may be repeated."""
        self.blobs.delete(*self._place(job_id))

    def _place(self, job_id: str) -> tuple[str, str]:
        container, prefix = self.layout.departures()
        return container, prefix + job_id
