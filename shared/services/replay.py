"""Runs the files of a job once more, under the present contract, as a new job that takes the place of the old."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shared.datasets.catalogue import load_dataset
from shared.domain.content import content_key
from shared.domain.job import JobState, TimelineEvent, new_job_id
from shared.errors import ConflictError
from shared.logs import job_logging
from shared.services.count import Counted

if TYPE_CHECKING:
    from shared.domain.intake import Intake
    from shared.domain.job import Job
    from shared.services.dispatch import Dispatch
    from shared.services.journal import Journal
    from shared.services.overtaken import Overtaken
    from shared.services.records import JobRecords

_IN_VAIN = frozenset({JobState.FAILED, JobState.STOPPED, JobState.DELETING, JobState.DELETED})


@dataclass(frozen=True, slots=True)
class Replayed:
    """The job that replays another, and whether it was made now (else it was there before)."""

    job: Job
    created: bool


@dataclass(frozen=True, slots=True)
class Replay:
    """The use case. Every step may be repeated under the id that was written down first.

    So two requests at once make one job, and a later one completes what a crash at any line left undone.
    """

    journal: Journal
    records: JobRecords
    dispatch: Dispatch
    overtaken: Overtaken
    threshold: int

    def __call__(self, job_id: str, by: str) -> Replayed:
        """Make a job of the files of another, as of the same moment, unless there is one that did not end in vain.

        Raises :class:`NotFoundError` for an unknown job, and :class:`ConflictError` for one that has not ended, was
        deleted, has made place for another job than its replay, or whose tables later jobs have replaced.
        """
        original = self.journal.get(job_id)
        earlier = self.records.replays(job_id)
        last = self.journal.jobs.get(earlier[-1]) if earlier else None
        if last is not None and last.state not in _IN_VAIN:
            return Replayed(self._sent_on(last), created=False)
        check_replayable(original)
        self.overtaken.refuse_replay(original)
        # One that was written down but never made is made now, under its id.
        number = len(earlier) + (not earlier or last is not None)
        replay_id = self.records.claim_replay(job_id, number, new_job_id(self.journal.clock.now()))
        with job_logging(replay_id):
            return self._made(original, replay_id, by)

    def _made(self, original: Job, replay_id: str, by: str) -> Replayed:
        intake = self.records.claim_intake(self._intake(original, replay_id))
        jobs, key = self.journal.jobs, intake.content_key
        jobs.claim_content(key, replay_id, take_over=replay_id not in jobs.content_holders(key))
        note = f"{by} asked to replay job {original.job_id}, under version {intake.contract_version} of its contract."
        event = TimelineEvent(JobState.RECEIVED.value, at=self.journal.clock.now(), note=note)
        job = jobs.create(intake.new_job(), event)
        return Replayed(self._sent_on(job or self.journal.get(replay_id)), created=job is not None)

    def _intake(self, original: Job, replay_id: str) -> Intake:
        """Return the original's intake as that of its replay: the files stay where they are and count as before."""
        before = self.records.intake(original.job_id)
        version = load_dataset(original.dataset).contract.version
        intake = replace(
            before,
            job_id=replay_id,
            contract_version=version,
            content_key=_content_key(before, version),
            created_at=self.journal.clock.now(),
            supersedes=original.job_id,
            replay_of=original.job_id,
            deadline=None,
            batch=None,
            arrived=(),
            estimate=None,
        )
        return Counted(before.files, None).decide(intake, self.threshold)

    def _sent_on(self, job: Job) -> Job:
        if job.state is not JobState.RECEIVED:
            return job
        return self.dispatch(job, self.records.intake(job.job_id))


def check_replayable(job: Job) -> None:
    """Raise :class:`ConflictError` for a job that cannot be replayed, saying why and what to do."""
    if job.can_be_replayed:
        return
    if not job.is_final:
        reason, advice = "has not ended", "Wait until it has ended, or stop it."
    elif job.deletion is not None:
        reason, advice = "was deleted", "Send its files again."
    elif job.state is JobState.SUPERSEDED:
        reason, advice = f"has made place for job {job.superseded_by}", "Replay that one."
    else:
        reason, advice = "has no files that could be counted", "Retry it, or send its files again."
    raise ConflictError(
        f"Job {job.job_id} {reason}: it is {job.state.value} and cannot be replayed.",
        code="not_replayable",
        advice=advice,
        state=job.state.value,
    )


def _content_key(intake: Intake, version: int) -> str:
    """Return by which content a replay is known: what a client would make who sent the files again."""
    if version == intake.contract_version:
        return intake.content_key
    as_of = intake.as_of if intake.as_of_given else None
    return content_key(
        intake.files,
        dataset=intake.dataset,
        version=version,
        user_id=intake.user_id,
        as_of=as_of,
        corrects=intake.corrects,
        adds=intake.adds,
    )
