"""Cuts the files of a job into shards outside of any request, with signs of life while it lasts."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shared.errors import AppError, DataRejectedError, UnreadableFileError
from shared.logs import job_logging
from shared.services.journal import OvertakenError, problem_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from shared.domain.job import Job
    from shared.domain.shards import ShardingNote
    from shared.services.journal import Journal
    from shared.services.large.shard import Shard
    from shared.services.large.sharding_notes import ShardingNotes
    from shared.services.leftovers import Leftovers

_BEAT_SECONDS = 5.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CutShards:
    """The use case, started by a message, which may come twice.

    Who finds a sign of life of another lets it work. ``memory`` is entered while files are read.
    """

    journal: Journal
    notes: ShardingNotes
    shard: Shard
    leftovers: Leftovers
    memory: Callable[[], AbstractContextManager[None]]
    beat_seconds: float = _BEAT_SECONDS

    def __call__(self, job_id: str) -> None:
        """Cut the files of a job if the run that has it asked for that and nobody does so.

        What the files are to blame for is left with the note. Anything else is raised, so that the message comes again.
        """
        with job_logging(job_id):
            job = self.journal.jobs.get(job_id)
            if job is None or job.run_id is None or not job.is_at_work:
                return
            note = self.notes.of_run(job_id, job.run_id)
            if note is None or note.problem is not None or self.shard.is_done(job):
                return
            now = self.journal.clock.now()
            if note.was_given_up(now) or (note.is_worked_on and note.is_alive(now)):
                _log.info("the files are left to whoever cuts them")
                return
            _Work(self, job, job.run_id, replace(note, done=0, tries=note.tries + 1)).do()


class _Work:
    """One try: in one thread the files are read, in another its signs of life are written."""

    def __init__(self, parts: CutShards, job: Job, run_id: str, note: ShardingNote) -> None:
        self._parts = parts
        self._job = job
        self._run_id = run_id
        self._note = note
        self._done = 0
        self._is_wanted = True

    def do(self) -> None:
        self._tell(is_worked_on=True)
        try:
            with self._parts.memory(), _beating(self._beat, self._parts.beat_seconds):
                self._parts.shard(self._job, self._on_cut)
        except OvertakenError:
            _log.info("the shards are not wanted any more, or are there")
        except (UnreadableFileError, DataRejectedError) as error:
            self._tell(is_worked_on=False, problem=problem_of(error))
        except Exception:
            self._tell(is_worked_on=False)
            raise
        self._clear_up()

    def _on_cut(self, records: int) -> None:
        self._done += records
        if not self._is_wanted:
            raise OvertakenError

    def _beat(self) -> None:
        try:
            job = self._parts.journal.jobs.get(self._job.job_id)
            is_ours = job is not None and job.is_at_work and job.run_id == self._run_id
            self._is_wanted = is_ours and not self._parts.shard.is_done(self._job)
            if self._is_wanted:
                self._tell(is_worked_on=True)
        except AppError as error:
            _log.warning("a sign of life could not be given", extra={"fields": {"code": error.code}})

    def _tell(self, **changes: object) -> None:
        now, note = self._parts.journal.clock.now(), self._note
        told = replace(note, at=now, done=min(self._done, note.total), **changes)  # type: ignore[arg-type]
        self._parts.notes.save(self._job.job_id, self._run_id, told)

    def _clear_up(self) -> None:
        """Take away again what was written after the job had ended, by a deletion perhaps."""
        job = self._parts.journal.jobs.get(self._job.job_id)
        if job is not None and job.is_final:
            self._parts.leftovers.clear(job)


@contextmanager
def _beating(beat: Callable[[], None], seconds: float) -> Iterator[None]:
    over = threading.Event()

    def beat_on() -> None:
        while not over.wait(seconds):
            beat()

    thread = threading.Thread(target=copy_context().run, args=(beat_on,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
