"""Has the files of a job cut into shards, however long that takes, and says how far it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shared.domain.shards import ShardingNote
from shared.errors import UnavailableError, UnreadableFileError

if TYPE_CHECKING:
    from shared.domain.job import Job
    from shared.ports import Clock
    from shared.services.dispatch import Dispatch
    from shared.services.large.shard import Shard
    from shared.services.large.sharding_notes import ShardingNotes
    from shared.services.records import JobRecords

#: Files of so many bytes together are cut within a call, which takes seconds; a call must end within 230.
AT_ONCE_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class Sharding:
    """The use case. Somebody who gets a message of it cuts large files; without a sign of life another is sent."""

    records: JobRecords
    notes: ShardingNotes
    shard: Shard
    dispatch: Dispatch
    clock: Clock

    def __call__(self, job: Job, run_id: str) -> ShardingNote | None:
        """Return how far the files of a job are cut for a run, None when they are; ask again until then.

        Raises :class:`UnreadableFileError` for a file that cannot be read, and :class:`UnavailableError` when cutting
        has failed too often for reasons that are none of the data's.
        """
        if self.shard.is_done(job):
            return None
        size = sum(file.size or 0 for file in self.records.intake(job.job_id).files)
        if size <= AT_ONCE_BYTES:
            self.shard(job)
            return None
        now = self.clock.now()
        note = self.notes.of_run(job.job_id, run_id)
        if note is not None:
            _raise_failure(note, given_up=note.was_given_up(now))
        if note is None or not note.is_alive(now):
            note = replace(note or ShardingNote(job.record_count or 0, now), at=now, is_worked_on=False)
            self.notes.save(job.job_id, run_id, note)
            self.dispatch.send_intake(job)
        return note


def _raise_failure(note: ShardingNote, *, given_up: bool) -> None:
    problem = note.problem
    if problem is not None:
        raise UnreadableFileError(problem.message, advice=problem.advice, code=problem.code, **problem.details)
    if given_up:
        raise UnavailableError(
            f"The files were not cut into shards in {note.tries} tries.",
            code="sharding_failed",
            advice="Look at the log lines with the job's id; the job is tried again when the pipeline runs next.",
        )
