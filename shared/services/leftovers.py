"""What a job has left in storage, and what of it goes when the job ends or is deleted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.domain.intake import Intake
    from shared.domain.job import Job
    from shared.ports import JobStore
    from shared.services.outputs import Outputs
    from shared.services.records import JobRecords


@dataclass(frozen=True, slots=True)
class Leftovers:
    """Clears up behind jobs that have ended; everything here may be repeated."""

    jobs: JobStore
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

        Files that belong to others stay in any case, and so do those that a replay needs, or what it replays: they go
        with the last of these jobs that is deleted with ``bronze``.
        """
        for container, path in list(self._files(job, bronze=bronze)):
            self.outputs.blobs.delete(container, path)

    def _files(self, job: Job, *, bronze: bool) -> Iterator[tuple[str, str]]:
        blobs, layout = self.outputs.blobs, self.outputs.layout
        receipt = layout.intake(job.job_id)
        for container, prefix in (*layout.places(job), layout.manifest(job.job_id)):
            yield from ((container, path) for path in blobs.list(container, prefix) if (container, path) != receipt)
        if bronze:
            yield from self._sent(job)

    def _sent(self, job: Job) -> Iterator[tuple[str, str]]:
        """Yield the files as they were sent that no other job needs."""
        blobs, layout, intake = self.outputs.blobs, self.outputs.layout, self.records.intake(job.job_id)
        is_needed = any(self._needs_files(job_id) for job_id in self._same_files(intake))
        shared = {layout.place(file) for file in intake.files if file.container is None}
        own = {(container, path) for container, prefix in layout.sent(job) for path in blobs.list(container, prefix)}
        if is_needed:
            yield from sorted(own - shared)
            return
        yield from sorted(own)
        yield from sorted(place for place in shared - own if blobs.stat(*place))

    def _same_files(self, intake: Intake) -> Iterator[str]:
        """Yield the other jobs that have the same files: those that one replays, and those that replay one of them."""
        first = intake
        while first.replay_of is not None:
            first = self.records.intake(first.replay_of)
        found = [first.job_id]
        for job_id in found:
            found += self.records.replays(job_id)
        yield from (job_id for job_id in found if job_id != intake.job_id)

    def _needs_files(self, job_id: str) -> bool:
        job = self.jobs.get(job_id)
        return job is not None and not (job.deletion and job.deletion.bronze)
