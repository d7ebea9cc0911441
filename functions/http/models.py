"""What the API answers about jobs, under its public names."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from shared.domain.job import JobState, ProcessingPath
from shared.domain.verdicts import Outcome, Severity
from shared.errors import AppError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.domain.job import Job
    from shared.domain.routing import Routing
    from shared.services.browse import JobView
    from shared.services.receive import Receipt


class Answer(BaseModel):
    """Base of the answers: camelCase in JSON, snake_case in Python."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True, frozen=True)


JobId = Annotated[str, Field(examples=["fe5e01e7516e1944e572a68d"])]
Dataset = Annotated[str, Field(examples=["ecommerce"])]


class RoutingAnswer(Answer):
    """Why a job takes its path."""

    records: int = Field(
        description="Records counted in all files of the job, whatever the client claims.", examples=[500]
    )
    bytes: int = Field(examples=[1_547_266])
    threshold: int = Field(description="The most records of a small job.", examples=[10_000])
    reason: str = Field(examples=["500 records are at most 10,000: in the function app"])


class JobReceipt(Answer):
    """A job that was taken in, and where to follow it."""

    job_id: JobId
    parent_job_id: JobId
    job_name: str | None
    dataset: Dataset
    state: JobState
    processing_path: ProcessingPath | None
    queue_name: str | None = Field(examples=["small-batch-queue"])
    record_count: int | None = Field(examples=[500])
    expected_processing_time: str | None = Field(examples=["about 3 seconds"])
    routing: RoutingAnswer | None
    status_url: str = Field(examples=["https://strata.example/api/jobs/fe5e01e7516e1944e572a68d"])

    @classmethod
    def of(cls, receipt: Receipt, base_url: str) -> JobReceipt:
        """Describe a receipt; ``base_url`` is where the client reached the API."""
        job, routing = receipt.job, receipt.routing
        return cls(
            job_id=job.job_id,
            parent_job_id=job.parent_job_id,
            job_name=job.job_name,
            dataset=job.dataset,
            state=job.state,
            processing_path=job.processing_path,
            queue_name=routing.queue if routing else None,
            record_count=job.record_count,
            expected_processing_time=routing.expected_processing_time if routing else None,
            routing=_routing(routing),
            status_url=job_url(base_url, job.job_id),
        )


class LedgerEntry(Answer):
    """Where the rows of one table went: read = silver + quarantined + duplicate + skipped."""

    read: int
    silver: int
    quarantined: int
    duplicate: int
    skipped: int


class TimelineEntry(Answer):
    """A state that a job reached, when, how long that took, and a remark."""

    state: str
    at: datetime
    ms: int | None
    note: str | None


class JobError(Answer):
    """Why a job failed, or what it waits for."""

    code: str
    message: str
    advice: str
    details: dict[str, Any]


class FileAnswer(Answer):
    """One file of a job, as it was sent."""

    filename: str
    table: str | None = Field(description="The table that it feeds; null where a file feeds all tables.")
    records: int | None
    size: int | None = Field(description="Its bytes; null until they were read.")
    sha256: str | None


class JobLinks(BaseModel):
    """What can be asked next about a job; what its state does not allow is null."""

    self: str
    quality: str
    rejects: str
    workbook: str | None
    corrections: str | None
    answers: str | None
    exports: str | None
    retry: str
    replay: str | None
    run_now: str | None = Field(serialization_alias="runNow")
    stop: str | None
    delete: str | None

    @classmethod
    def of(cls, job: Job, url: str, *, waits_for_large_path: bool) -> JobLinks:
        """Return the links of a job at ``url``."""
        return cls(
            self=url,
            quality=f"{url}/quality",
            rejects=f"{url}/rejects",
            workbook=f"{url}/rejections.xlsx" if job.has_judged_rows else None,
            corrections=f"{url}/corrections" if job.has_judged_rows else None,
            answers=f"{url}/answers" if job.has_succeeded else None,
            exports=f"{url}/exports" if job.has_succeeded else None,
            retry=f"{url}/retry",
            replay=f"{url}/replay" if job.can_be_replayed else None,
            run_now=f"{url}/run-now" if waits_for_large_path else None,
            stop=f"{url}/stop" if job.can_be_stopped else None,
            delete=url if job.is_final else None,
        )


class DeletionAnswer(Answer):
    """What is kept of a deletion."""

    by: str
    at: datetime
    bronze: bool = Field(
        description="Whether the files as they were sent went too, but for those that a replay of the job needs."
    )
    files: dict[str, int] = Field(description="Files deleted by container.", examples=[{"silver": 18, "gold": 7}])
    rows: dict[str, int] = Field(
        description="Rows deleted by table; aggregates were computed anew.", examples=[{"dw_orders": 500}]
    )


class JobDetail(Answer):
    """All that is known of a job."""

    job_id: JobId
    parent_job_id: JobId
    job_name: str | None
    dataset: Dataset
    contract_version: int
    state: JobState
    processing_path: ProcessingPath | None
    provisional: bool = Field(description="Whether the path follows the client's claim alone, nothing being counted.")
    record_count: int | None = Field(description="Records counted; null until then.")
    claimed_count: int | None = Field(description="Records that the client said there are, if it did.")
    as_of: datetime
    created_at: datetime
    updated_at: datetime
    attempt: int
    files: list[FileAnswer]
    routing: RoutingAnswer | None
    ledger: dict[str, LedgerEntry] = Field(description="Row counts by table; empty until silver is done.")
    gold_tables: dict[str, int] = Field(description="Rows by gold table; empty until gold is done.")
    timeline: list[TimelineEntry]
    expected_start: datetime | None = Field(
        description="When the large path is due next, for a job that waits for it; run-now starts it at once."
    )
    error: JobError | None
    stop_requested: bool = Field(description="Whether the job ends after its present stage.")
    deletion: DeletionAnswer | None
    links: JobLinks
    supersedes: str | None = Field(description="The job with the same files whose place this one takes.")
    superseded_by: str | None = Field(description="The job that took the place of this one.")
    replay_of: str | None = Field(description="The job whose files this one runs once more.")
    corrects: str | None = Field(description="The job whose rejected rows this one brings corrected.")

    @classmethod
    def of(cls, view: JobView, base_url: str) -> JobDetail:
        """Describe a job; ``base_url`` is where the client reached the API."""
        job, url = view.job, job_url(base_url, view.job.job_id)
        return cls(
            job_id=job.job_id,
            parent_job_id=job.parent_job_id,
            job_name=job.job_name,
            dataset=job.dataset,
            contract_version=job.contract_version,
            state=job.state,
            processing_path=job.processing_path,
            provisional=job.is_provisional,
            record_count=job.record_count,
            claimed_count=job.claimed_count,
            as_of=job.as_of,
            created_at=job.created_at,
            updated_at=job.updated_at,
            attempt=job.attempt,
            files=[FileAnswer.model_validate(file) for file in view.files],
            routing=_routing(view.routing),
            ledger={table: LedgerEntry.model_validate(counts) for table, counts in view.ledger.items()},
            gold_tables=dict(view.gold_rows),
            timeline=[TimelineEntry.model_validate(event) for event in view.timeline],
            expected_start=view.expected_start,
            error=JobError.model_validate(job.problem) if job.problem else None,
            stop_requested=job.stop_requested_by is not None and not job.is_final,
            deletion=DeletionAnswer.model_validate(job.deletion) if job.deletion else None,
            links=JobLinks.of(job, url, waits_for_large_path=view.expected_start is not None),
            supersedes=job.supersedes,
            superseded_by=job.superseded_by,
            replay_of=job.replay_of,
            corrects=job.corrects,
        )


class JobPageAnswer(Answer):
    """Some jobs, newest first, and what to pass as ``cursor`` for the next page (null at the end)."""

    jobs: list[JobDetail]
    next: str | None


class Repeated(Answer):
    """The row that a duplicate repeats."""

    file: str
    row: int


class RejectAnswer(Answer):
    """A row that did not go to silver as it came, and why."""

    table: str = Field(examples=["user"])
    file: str = Field(examples=["orders.json"])
    row: int = Field(description="The record's number in its file, from 1.", examples=[6])
    outcome: Outcome
    column: str | None = Field(examples=["age"])
    label: str | None = Field(examples=["Age"])
    rule: str | None = Field(examples=["range"])
    title: str | None = Field(examples=["Out of range"])
    severity: Severity | None
    value: str | None = Field(examples=["136"])
    message: str = Field(examples=["Age must be at least 0 and at most 120."])
    how_to_fix: str | None = Field(examples=["Correct the number."])
    key: str | None = Field(examples=["user_id-4b68290a"])
    also_failed: list[str] = Field(description="Further rules that the row breaks.", examples=[["email:required"]])
    repeats: Repeated | None


def job_url(base_url: str, job_id: str) -> str:
    """Return the address of a job."""
    return f"{base_url.rstrip('/')}/api/jobs/{job_id}"


def completion_url(base_url: str, job_id: str) -> str:
    """Return the address where a client says that the files of a job are uploaded."""
    return f"{base_url.rstrip('/')}/api/uploads/{job_id}/complete"


@contextmanager
def located(base_url: str) -> Iterator[None]:
    """Add to an error about a job the address where to follow it."""
    try:
        yield
    except AppError as error:
        if "jobId" in error.details:
            error.details["statusUrl"] = job_url(base_url, error.details["jobId"])
        raise


def _routing(routing: Routing | None) -> RoutingAnswer | None:
    return RoutingAnswer.model_validate(routing) if routing else None
