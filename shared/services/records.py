"""What is kept of a job besides the job itself, as JSON files: its intake, its manifest, the account of a failure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import msgspec

from shared.domain.answer import Answer
from shared.domain.intake import Intake
from shared.domain.job import JobFile
from shared.domain.manifest import Manifest
from shared.domain.scorecard import Scorecard
from shared.services.notes import read_note

if TYPE_CHECKING:
    from shared.domain.job import Job
    from shared.ports import BlobStore
    from shared.services.layout import Layout

T = TypeVar("T")
_answers_to_json = msgspec.json.Encoder(decimal_format="number", enc_hook=str).encode


@dataclass(frozen=True, slots=True)
class JobRecords:
    """Reads and writes the records of jobs."""

    blobs: BlobStore
    layout: Layout

    def claim_intake(self, intake: Intake) -> Intake:
        """Write an intake unless the job has one; returns the one that stands."""
        if self.blobs.put_new(*self.layout.intake(intake.job_id), msgspec.json.encode(intake)):
            return intake
        return self.intake(intake.job_id)

    def save_intake(self, intake: Intake) -> None:
        """Replace an intake, after its files were counted again."""
        self.blobs.put(*self.layout.intake(intake.job_id), msgspec.json.encode(intake))

    def intake(self, job_id: str) -> Intake:
        """Return what a job was asked to do."""
        return msgspec.json.decode(self.blobs.get(*self.layout.intake(job_id)), type=Intake)

    def claim_batch_files(self, job_id: str, files: tuple[JobFile, ...]) -> tuple[JobFile, ...]:
        """Write down which dropped files make a job, unless that is settled; returns those that do."""
        place = self.layout.batch_files(job_id)
        if self.blobs.put_new(*place, msgspec.json.encode(files)):
            return files
        return msgspec.json.decode(self.blobs.get(*place), type=tuple[JobFile, ...])

    def batch_files(self, job_id: str) -> tuple[JobFile, ...] | None:
        """Return the dropped files that make a job, or None while that is not settled."""
        return read_note(self.blobs, self.layout.batch_files(job_id), tuple[JobFile, ...])

    def claim_replay(self, job_id: str, number: int, replay_id: str) -> str:
        """Write down which job is a job's replay of that number, unless that is settled; returns the one that is."""
        place = self.layout.replay(job_id, number)
        if self.blobs.put_new(*place, msgspec.json.encode(replay_id)):
            return replay_id
        return msgspec.json.decode(self.blobs.get(*place), type=str)

    def replays(self, job_id: str) -> tuple[str, ...]:
        """Return the ids of the jobs that replay a job, in their order; one that was interrupted may not exist."""
        container, prefix = self.layout.replays(job_id)
        paths = self.blobs.list(container, prefix)
        return tuple(msgspec.json.decode(self.blobs.get(container, path), type=str) for path in paths)

    def claim_manifest(self, manifest: Manifest) -> Manifest:
        """Write a manifest unless the job has one; returns the one that stands."""
        if self.blobs.put_new(*self.layout.manifest(manifest.job_id), msgspec.json.encode(manifest)):
            return manifest
        return msgspec.json.decode(self.blobs.get(*self.layout.manifest(manifest.job_id)), type=Manifest)

    def manifest(self, job_id: str) -> Manifest | None:
        """Return the manifest of a job, or None while no run has finished."""
        return self._read(*self.layout.manifest(job_id))

    def save_failed_run(self, account: Manifest) -> None:
        """Keep what a failed run found out: its ledger and its verdicts."""
        path = self.layout.failed_run(account.job_id, account.run_id)
        self.blobs.put(*path, msgspec.json.encode(account))

    def account(self, job: Job) -> Manifest | None:
        """Return the manifest of a job, or what its last run found out before it failed, or None."""
        manifest = self.manifest(job.job_id)
        if manifest is None and job.run_id is not None:
            return self._read(*self.layout.failed_run(job.job_id, job.run_id))
        return manifest

    def save_scorecard(self, job_id: str, run_id: str, card: Scorecard) -> None:
        """Keep the scorecard of a run."""
        self.blobs.put(*self.layout.scorecard(job_id, run_id), msgspec.json.encode(card))

    def scorecard(self, job_id: str, run_id: str) -> Scorecard | None:
        """Return the scorecard of a run, or None of one that was never judged."""
        return read_note(self.blobs, self.layout.scorecard(job_id, run_id), Scorecard)

    def save_answers(self, job_id: str, run_id: str, answers: list[Answer]) -> None:
        """Keep what the queries answered after a run was loaded."""
        self.blobs.put(*self.layout.answers(job_id, run_id), _answers_to_json(answers))

    def answers(self, job_id: str, run_id: str) -> list[Answer] | None:
        """Return what the queries answered after a run was loaded, or None."""
        return read_note(self.blobs, self.layout.answers(job_id, run_id), list[Answer])

    def _read(self, container: str, path: str) -> Manifest | None:
        return read_note(self.blobs, (container, path), Manifest)
