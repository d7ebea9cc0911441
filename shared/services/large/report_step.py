"""Takes down how far the large path has come with a job, and lets it go on only with outputs that are right."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from shared.domain.job import JobState
from shared.domain.ledger import totals
from shared.errors import DataRejectedError, UnreadableFileError
from shared.logs import job_logging
from shared.services.journal import OvertakenError, problem_of
from shared.services.large.holdings import claim_lost

if TYPE_CHECKING:
    from shared.domain.job import Job
    from shared.domain.large_claim import LargeClaim
    from shared.domain.manifest import Manifest
    from shared.domain.shards import ShardingNote
    from shared.errors import AppError
    from shared.services.journal import Run
    from shared.services.large.accept import Accept
    from shared.services.large.holdings import Holdings
    from shared.services.large.sharding import Sharding
    from shared.services.records import JobRecords


class Step(StrEnum):
    """What has been done: the first notebook is about to start, or a stage is finished."""

    SILVER_STARTED = "silver_started"
    SILVER = "silver"
    GOLD = "gold"


@dataclass(frozen=True, slots=True)
class StepReport:
    """A step, how many seconds it took, and where the notebook's output can be seen."""

    step: Step
    seconds: float | None = None
    page: str | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """A job after a report, and how far its files are cut where that lasts."""

    job: Job
    sharding: ShardingNote | None = None


@dataclass(frozen=True, slots=True)
class ReportStep:
    """The use case. Every report also renews the claim, and may come twice."""

    holdings: Holdings
    records: JobRecords
    sharding: Sharding
    accept: Accept

    def __call__(self, job_id: str, run_id: str, report: StepReport) -> Reported:
        """Note a step.

        Before the first notebook the files are cut into shards, which may last: the step is to be reported again until
        that is done. After the notebook the rows are judged by what it found out, and after the second all files are
        checked and the manifest is written.

        Raises :class:`NotFoundError` for an unknown job, :class:`ConflictError` (``claim_lost``) when the job is not
        the caller's, :class:`UnfitOutputsError` when outputs are not as the run says, :class:`UnavailableError` when
        the files could not be cut in several tries, and :class:`UnreadableFileError` or :class:`DataRejectedError` when
        the data is to blame; the job has then failed.
        """
        with job_logging(job_id):
            job, standing = self.holdings.journal.get(job_id), self.records.manifest(job_id)
            if standing is not None and standing.run_id == run_id and (job.is_final or job.is_left_to_publish):
                self._end(job_id, run_id)
                return Reported(job)
            run, claim = self.holdings.renewed(job, run_id)
            try:
                if report.step is Step.SILVER_STARTED:
                    lasts = self._begin(run)
                    return Reported(run.job, lasts)
                self._note(run, claim, report)
            except OvertakenError:
                self.holdings.end_overtaken(claim)
            except (UnreadableFileError, DataRejectedError) as error:
                self._fail(run, claim, error)
                raise
            return Reported(run.job)

    def _begin(self, run: Run) -> ShardingNote | None:
        lasts = self.sharding(run.job, run.run_id)
        what = "The first notebook starts" if lasts is None else "The files are cut into shards"
        self._tell(run, run.job.state, f"{what} ({run.run_id}).", None)
        return lasts

    def _note(self, run: Run, claim: LargeClaim, report: StepReport) -> None:
        ms = None if report.seconds is None else round(report.seconds * 1000)
        if report.step is Step.SILVER:
            manifest = self.accept.judge(run.job, run.run_id)
            self._tell(run, JobState.SILVER, _silver_in_words(manifest, report), ms)
        else:
            manifest = self.accept(run.job, run.run_id)
            if manifest.run_id != run.run_id:
                claim_lost(run.job)
            run.record(JobState.GOLD, ms=ms, note=_gold_in_words(manifest, report), problem=None)
            self.holdings.end(claim)

    def _tell(self, run: Run, state: JobState, note: str, ms: int | None) -> None:
        """Enter a step into the timeline, unless it is there already: a report may come twice."""
        told = self.holdings.journal.jobs.events(run.job.job_id)
        if any(event.state == state.value and event.note == note for event in told):
            run.touch()
        else:
            run.record(state, ms=ms, note=note)

    def _fail(self, run: Run, claim: LargeClaim, error: AppError) -> None:
        try:
            run.record(JobState.FAILED, problem=problem_of(error))
        except OvertakenError:
            self.holdings.end_overtaken(claim)
        self.holdings.leftovers.clear(run.job)
        self.holdings.end(claim)

    def _end(self, job_id: str, run_id: str) -> None:
        claim = self.holdings.claims.of_run(job_id, run_id)
        if claim is not None:
            self.holdings.end(claim)


def _silver_in_words(manifest: Manifest, report: StepReport) -> str:
    counts = totals(manifest.ledger)
    rest = f"{counts.quarantined:,} rejected, {counts.duplicate:,} repeated, {counts.skipped:,} skipped"
    return f"{counts.silver:,} of {counts.read:,} rows are good, {rest} ({_where(manifest, report)})."


def _gold_in_words(manifest: Manifest, report: StepReport) -> str:
    rows = manifest.gold_rows
    return f"{sum(rows.values()):,} rows in {len(rows)} tables ({_where(manifest, report)})."


def _where(manifest: Manifest, report: StepReport) -> str:
    return f"{manifest.run_id}, {report.page}" if report.page else manifest.run_id
