"""How a job, an event of its timeline and a content key look in table storage.

Times are kept as ISO text: a table's own dates begin in 1601, a job's as-of date need not.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from shared.domain.deletion import Deletion
from shared.domain.job import Job, JobProblem, JobState, ProcessingPath, TimelineEvent

if TYPE_CHECKING:
    from azure.data.tables import TableEntity

JOB_ROW = "job"
_MAX_PROPERTY_CHARACTERS = 30_000


def event_row(number: int) -> str:
    """Return the row key of a job's event; events sort by it."""
    return f"event-{number:06d}"


def job_to_entity(job: Job) -> dict[str, Any]:
    """Return the entity of a job; what is None is left out."""
    entity = {
        "PartitionKey": job.job_id,
        "RowKey": JOB_ROW,
        "parentJobId": job.parent_job_id,
        "userId": job.user_id,
        "dataset": job.dataset,
        "contractVersion": job.contract_version,
        "asOf": job.as_of.isoformat(),
        "contentKey": job.content_key,
        "createdAt": job.created_at.isoformat(),
        "updatedAt": job.updated_at.isoformat(),
        "state": job.state.value,
        "jobName": job.job_name,
        "path": job.processing_path.value if job.processing_path else None,
        "recordCount": job.record_count,
        "claimedCount": job.claimed_count,
        "attempt": job.attempt,
        "runId": job.run_id,
        "supersedes": job.supersedes,
        "supersededBy": job.superseded_by,
        "replayOf": job.replay_of,
        "corrects": job.corrects,
        "problem": _problem_to_text(job.problem) if job.problem else None,
        "publishing": job.publishing or None,
        "stopRequestedBy": job.stop_requested_by,
        "deletion": msgspec.json.encode(job.deletion).decode() if job.deletion else None,
        "awaitsCopy": job.awaits_copy or None,
        "eventCount": job.event_count,
    }
    return {name: value for name, value in entity.items() if value is not None}


def entity_to_job(entity: TableEntity) -> Job:
    """Rebuild a job from its entity."""
    path, problem, deletion = entity.get("path"), entity.get("problem"), entity.get("deletion")
    return Job(
        job_id=entity["PartitionKey"],
        parent_job_id=entity["parentJobId"],
        user_id=entity["userId"],
        dataset=entity["dataset"],
        contract_version=entity["contractVersion"],
        as_of=datetime.fromisoformat(entity["asOf"]),
        content_key=entity["contentKey"],
        created_at=datetime.fromisoformat(entity["createdAt"]),
        updated_at=datetime.fromisoformat(entity["updatedAt"]),
        state=JobState(entity["state"]),
        job_name=entity.get("jobName"),
        processing_path=ProcessingPath(path) if path else None,
        record_count=entity.get("recordCount"),
        claimed_count=entity.get("claimedCount"),
        attempt=entity["attempt"],
        run_id=entity.get("runId"),
        supersedes=entity.get("supersedes"),
        superseded_by=entity.get("supersededBy"),
        replay_of=entity.get("replayOf"),
        corrects=entity.get("corrects"),
        problem=JobProblem(**json.loads(problem)) if problem else None,
        publishing=entity.get("publishing", False),
        stop_requested_by=entity.get("stopRequestedBy"),
        deletion=msgspec.json.decode(deletion, type=Deletion) if deletion else None,
        awaits_copy=entity.get("awaitsCopy", False),
        event_count=entity["eventCount"],
        etag=entity.metadata["etag"],
    )


def event_to_entity(job_id: str, number: int, event: TimelineEvent) -> dict[str, Any]:
    """Return the entity of the ``number``-th event of a job."""
    entity = {
        "PartitionKey": job_id,
        "RowKey": event_row(number),
        "state": event.state,
        "at": event.at.isoformat(),
        "ms": event.ms,
        "note": event.note[:_MAX_PROPERTY_CHARACTERS] if event.note else None,
    }
    return {name: value for name, value in entity.items() if value is not None}


def entity_to_event(entity: TableEntity) -> TimelineEvent:
    """Rebuild an event from its entity."""
    at = datetime.fromisoformat(entity["at"])
    return TimelineEvent(state=entity["state"], at=at, ms=entity.get("ms"), note=entity.get("note"))


def _problem_to_text(problem: JobProblem) -> str:
    """Return a problem as JSON, without its details where a table's property could not hold them."""
    parts: dict[str, Any] = {"code": problem.code, "message": problem.message, "advice": problem.advice}
    whole = json.dumps({**parts, "details": problem.details}, default=str)
    return whole if len(whole) <= _MAX_PROPERTY_CHARACTERS else json.dumps(parts)
