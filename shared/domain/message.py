"""The queue message: a pointer to a job, never data (a message ends at 64 KB)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.errors import InvalidRequestError

if TYPE_CHECKING:
    from shared.domain.job import Job

MESSAGE_VERSION = 1


@dataclass(frozen=True, slots=True)
class JobMessage:
    """Which job to take up, and in which attempt; a message of an earlier attempt is out of date."""

    job_id: str
    parent_job_id: str
    user_id: str
    dataset: str
    attempt: int

    @classmethod
    def of(cls, job: Job) -> JobMessage:
        """Return the message of a job's present attempt."""
        return cls(job.job_id, job.parent_job_id, job.user_id, job.dataset, job.attempt)

    def to_json(self) -> str:
        """Return the message's text; the queue client encodes it as base64."""
        return json.dumps(
            {
                "v": MESSAGE_VERSION,
                "jobId": self.job_id,
                "parentJobId": self.parent_job_id,
                "userId": self.user_id,
                "dataset": self.dataset,
                "attempt": self.attempt,
            }
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> JobMessage:
        """Read a message; raises :class:`InvalidRequestError` when it is not one of ours."""
        try:
            body = json.loads(text)
            if body["v"] != MESSAGE_VERSION:
                raise InvalidRequestError(f"Message version {body['v']!r} is not known.", code="invalid_message")
            return cls(body["jobId"], body["parentJobId"], body["userId"], body["dataset"], int(body["attempt"]))
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidRequestError("The queue message is not a job message.", code="invalid_message") from error
