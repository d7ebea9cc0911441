"""Sends a received job on its way, to the queue of its path. May be repeated: a message may come twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.domain.job import JobState, ProcessingPath
from shared.domain.message import JobMessage
from shared.domain.routing import INTAKE_QUEUE, LARGE_QUEUE, SMALL_QUEUE
from shared.errors import ConflictError
from shared.logs import stage

if TYPE_CHECKING:
    from datetime import timedelta

    from shared.domain.intake import Intake
    from shared.domain.job import Job
    from shared.ports import JobQueue
    from shared.services.journal import Journal


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Queues jobs."""

    queue: JobQueue
    journal: Journal

    def __call__(self, job: Job, intake: Intake) -> Job:
        """Queue a received job, or end it when its files could not be counted; returns the job as it then is."""
        try:
            if intake.routing is None:
                return self.journal.record(job, JobState.FAILED)
            with stage("routed") as watch:
                self.send(job)
            return self.journal.record(job, JobState.ROUTED, ms=watch.ms, note=f"{intake.routing.reason}.")
        except ConflictError:
            # Whoever took the job up meanwhile has also written down that it was routed.
            return self.journal.jobs.get(job.job_id) or job

    def send(self, job: Job) -> None:
        """Put the message of a job's present attempt on the queue of its path; the app publishes on both."""
        small = job.processing_path is ProcessingPath.SMALL_BATCH or job.is_left_to_publish
        self.queue.send(SMALL_QUEUE if small else LARGE_QUEUE, JobMessage.of(job))

    def send_intake(self, job: Job, delay: timedelta | None = None) -> None:
        """Have somebody look after the files of a job: those it waits for, and those that the large path wants cut."""
        self.queue.send(INTAKE_QUEUE, JobMessage.of(job), delay)
