"""Looks after the landing container: finds what nobody told of, ends jobs whose files do not come, removes the rest."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from shared.domain.job import UPLOAD_EXPIRED, JobProblem, JobState
from shared.errors import ConflictError, UnavailableError
from shared.logs import job_logging
from shared.ports import JobFilter
from shared.services.arrivals import arrived
from shared.services.layout import awaiting_job
from shared.services.retry import RETRYABLE

if TYPE_CHECKING:
    from shared.domain.intake import Intake
    from shared.domain.job import Job
    from shared.ports import BlobInfo, BlobStore
    from shared.services.arrivals import Arrivals
    from shared.services.dispatch import Dispatch
    from shared.services.inbox import Inbox
    from shared.services.journal import Journal
    from shared.services.records import JobRecords

_PATIENCE = timedelta(minutes=10)
_HORIZON = timedelta(days=30)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LandingReport:
    """How many jobs were ended whose files did not come, files were found again, and files were removed."""

    expired: int
    found: int
    removed: int


@dataclass(frozen=True, slots=True)
class SweepLanding:
    """The use case. Jobs and files are left in peace for ten minutes after their time."""

    blobs: BlobStore
    journal: Journal
    records: JobRecords
    dispatch: Dispatch
    arrivals: Arrivals
    inbox: Inbox

    def __call__(self) -> LandingReport:
        """Sweep the landing container once."""
        now, landing = self.journal.clock.now(), self.records.layout.landing
        waiting = JobFilter(state=JobState.AWAITING_FILE.value, created_after=now - _HORIZON)
        expired = sum(map(self._expire, list(self.journal.each(waiting))))
        old = (file for file in self.blobs.scan(landing, "", uncommitted=True) if now - file.modified >= _PATIENCE)
        outcomes = Counter(map(self._look_after, old))
        report = LandingReport(expired, outcomes["found"], outcomes["removed"])
        _log.info("swept the landing container", extra={"fields": asdict(report)})
        return report

    def _expire(self, job: Job) -> bool:
        """End a job whose files are overdue; if they have come after all, have them taken in."""
        intake = self.records.intake(job.job_id)
        if intake.deadline is None or self.journal.clock.now() - intake.deadline < _PATIENCE:
            return False
        with job_logging(job.job_id):
            missing = self._missing(intake)
            if not missing:
                self.dispatch.send_intake(job)
                return False
            try:
                self.journal.record(job, JobState.FAILED, problem=_expired(missing))
            except ConflictError:
                return False
            if intake.batch is not None:
                self.inbox.close(intake)
            return True

    def _missing(self, intake: Intake) -> list[str]:
        files = intake.files
        if intake.batch is not None and not files:
            files = self.records.batch_files(intake.job_id) or self.inbox.dropped(intake)
            if not files:
                return [f"What was dropped as {intake.batch}"]
        return arrived(files, self.blobs, self.records.layout)[1]

    def _look_after(self, file: BlobInfo) -> str:
        """Look at a file; one with which something is wrong holds up no other, unless storage itself is the matter."""
        try:
            return self._look_at(file)
        except UnavailableError:
            raise
        except Exception:
            _log.exception("a file in the landing container could not be looked after")
            return "failed"

    def _look_at(self, file: BlobInfo) -> Literal["found", "kept", "removed"]:
        landing = self.records.layout.landing
        job_id = awaiting_job(file.path)
        job = self.journal.jobs.get(job_id) if job_id else None
        if job_id is None or (job is not None and job.state is JobState.AWAITING_FILE):
            self.arrivals(landing, file.path)
            return "found"
        if job is not None and self._may_need(job, file):
            return "kept"
        # A blob of which only blocks came cannot be deleted before it is one.
        self.blobs.put_new(landing, file.path, b"")
        self.blobs.delete(landing, file.path)
        return "removed"

    def _may_need(self, job: Job, file: BlobInfo) -> bool:
        """Tell whether a retry of a job would look for a file in the landing container."""
        is_recent = self.journal.clock.now() - file.modified < _HORIZON
        can_be_retried = job.state in RETRYABLE and not (job.problem and job.problem.code == UPLOAD_EXPIRED)
        return is_recent and can_be_retried and not self.records.intake(job.job_id).arrived


def _expired(missing: list[str]) -> JobProblem:
    return JobProblem(
        UPLOAD_EXPIRED,
        f"{', '.join(missing)} did not come in time.",
        "Ask for a new address and upload the file again.",
        {"missing": missing},
    )
