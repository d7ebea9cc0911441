"""What a job has left in storage, and what of it goes when the job ends or is deleted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.domain.job import Job
    from shared.services.outputs import Outputs
    from shared.services.records import JobRecords


@dataclass(frozen=True, slots=True)
class Leftovers:
    """Clears up behind jobs that have ended; everything here may be repeated."""

    records: JobRecords
    outputs: Outputs

    def clear(self, job: Job) -> None:
        """Delete the outputs of runs that do not count, and all of a job that was deleted."""
        if job.deletion is not None:
            self.erase(job, bronze=job.deletion.bronze)
            return
        account = self.records.account(job)
        self.outputs.keep_only(job, account.run_id if account else None)

    def count(self, job: Job, *, bronze: bool) -> dict[str, int]:
        """Return how many files :meth:`erase` would delete, by container."""
        return dict(Counter(container for container, _ in self._files(job, bronze=bronze)))

    def erase(self, job: Job, *, bronze: bool) -> None:
        """Delete all files of a job but its receipt, which says what was sent; those as sent only with ``bronze``.

        Files that belong to others stay in any case.
        """
        for container, path in list(self._files(job, bronze=bronze)):
            self.outputs.blobs.delete(container, path)

    def _files(self, job: Job, *, bronze: bool) -> Iterator[tuple[str, str]]:
        blobs, layout = self.outputs.blobs, self.outputs.layout
        receipt, sent = layout.intake(job.job_id), layout.sent(job) if bronze else ()
        for container, prefix in (*layout.places(job), layout.manifest(job.job_id), *sent):
            yield from ((container, path) for path in blobs.list(container, prefix) if (container, path) != receipt)
