"""What pipelines send to ``/api/adf``, and what they are answered."""

# ruff: noqa: TC001, TC003 - pydantic reads annotations at run time

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from functions.http.models import Answer
from functions.http.models import JobId as JobIdField
from functions.http.parameters import Parameters
from shared.domain.job import JobState
from shared.services.large.publication import Target
from shared.services.large.report_step import Step

if TYPE_CHECKING:
    from shared.domain.job import Job
    from shared.domain.shards import ShardingNote
    from shared.services.large.hand_out import ClaimedJob

_MOST_JOBS: Final = 100


class _Request(BaseModel):
    """Base of what a pipeline sends: camelCase in JSON, and nothing that is not known."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True)


class ClaimRequest(_Request):
    """For which run of the pipeline to claim how many jobs."""

    pipeline_run_id: str = Field(examples=["6a9d0e7c-0f53-4c39-9d5e-0f6b4a0a4f0e"])
    max_jobs: int = Field(20, ge=1, le=_MOST_JOBS)
    job_id: str = Field("", description="The one job that is wanted; empty means those that come next.")


class RunRequest(_Request):
    """The run of a job that calls."""

    run_id: str = Field(examples=["run-1-3f2a9c01"])


class StepRequest(RunRequest):
    """What a run has done."""

    step: Step
    pipeline_run_id: str | None = None
    duration_seconds: float | None = Field(None, ge=0)
    run_page_url: str | None = Field(None, description="Where the notebook's output can be seen; empty means nowhere.")


class ReleaseRequest(RunRequest):
    """Why a run gives its job back: the activities in their order, and the error of each, null where there is none.

    Or somebody has cancelled it, which is no error.
    """

    pipeline_run_id: str | None = None
    activities: list[str] = []
    errors: list[str | None] = []
    cancelled: bool = False

    @property
    def failed(self) -> str | None:
        """The first activity that has an error."""
        return next((name for name, error in zip(self.activities, self.errors, strict=False) if error), None)


class PublicationRequest(RunRequest):
    """Where a run is to be published."""

    target: Target


class CopiedRequest(PublicationRequest):
    """Where a run was published."""

    pipeline_run_id: str | None = None


class SweepRequest(_Request):
    """How many jobs are wanted that are ready."""

    max_jobs: int = Field(20, ge=1, le=_MOST_JOBS)


class RunParameters(Parameters):
    """The run that is asked about."""

    run_id: str = Field(examples=["run-1-3f2a9c01"])


class ClaimAnswer(Answer):
    """A job that was handed out: the widgets of its notebooks."""

    job_id: JobIdField
    parent_job_id: JobIdField
    user_id: str
    dataset: str
    contract_version: int
    as_of: datetime
    run_id: str
    expires_at: datetime
    input_uri: str
    work_uri: str
    silver_uri: str
    quarantine_uri: str
    gold_uri: str
    manifest_uri: str

    @classmethod
    def of(cls, claimed: ClaimedJob) -> ClaimAnswer:
        """Describe a claimed job."""
        job, claim = claimed.job, claimed.claim
        return cls.model_validate(
            {
                "job_id": job.job_id,
                "parent_job_id": job.parent_job_id,
                "user_id": job.user_id,
                "dataset": job.dataset,
                "contract_version": job.contract_version,
                "as_of": job.as_of,
                "run_id": claim.run_id,
                "expires_at": claim.expires_at,
                **claimed.addresses,
            }
        )


class ClaimsAnswer(Answer):
    """The jobs that were handed out."""

    count: int
    claims: list[ClaimAnswer]


class JobStateAnswer(Answer):
    """Where a job stands."""

    job_id: JobIdField
    run_id: str | None
    state: JobState

    @classmethod
    def of(cls, job: Job) -> JobStateAnswer:
        """Describe a job."""
        return cls(job_id=job.job_id, run_id=job.run_id, state=job.state)


class ShardingAnswer(JobStateAnswer):
    """Where a job stands whose files are being cut into shards, and how far that is."""

    records_cut: int
    records_total: int

    @classmethod
    def of_note(cls, job: Job, note: ShardingNote) -> ShardingAnswer:
        """Describe a job by the note of it."""
        return cls(**dict(JobStateAnswer.of(job)), records_cut=note.done, records_total=note.total)


class TablePlanAnswer(Answer):
    """A table to be copied, and for Synapse the pieces of SQL that merge it, quoted."""

    table: str
    container: str
    folder: str
    staging_table: str
    empty_container: str
    empty_folder: str
    columns: str
    assignments: str
    match: str
    replaced: str


class PublicationAnswer(Answer):
    """The tables to be copied; none where there is nothing to do."""

    tables: list[TablePlanAnswer]


class ReadyAnswer(Answer):
    """A job that the analytical warehouse does not have yet."""

    job_id: JobIdField
    run_id: str
    dataset: str


class SweepAnswer(Answer):
    """Jobs that were seen to, and those that are ready to be copied."""

    stalled: int = Field(description="Jobs that stood still and were queued again.")
    waiting: int = Field(description="Jobs that waited for the warehouse and were queued again.")
    ready: list[ReadyAnswer]
