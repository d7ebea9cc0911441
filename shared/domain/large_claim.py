"""A claim: the large path's right to work on a job until a certain time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - the annotations are read when a claim is decoded

from shared.errors import InvalidRequestError

_PIPELINE_RUN_ID = re.compile("[A-Za-z0-9-]{1,64}")


@dataclass(frozen=True, slots=True)
class LargeClaim:
    """Which run works on which job, for which run of the pipeline, and the message that it holds meanwhile.

    ``claimed_at`` is also what the run's rows say of when they were loaded. ``tries`` counts how often the message was
    taken off the queue. Once ``expires_at`` is over the message can be seen again, and whoever takes it has the job.
    """

    job_id: str
    run_id: str
    pipeline_run_id: str
    message_id: str
    receipt: str
    tries: int
    claimed_at: datetime
    expires_at: datetime


def checked_pipeline_run_id(text: str) -> str:
    """Return the id of a pipeline's run; raises :class:`InvalidRequestError` for what cannot be one."""
    if not _PIPELINE_RUN_ID.fullmatch(text):
        raise InvalidRequestError(
            "A pipeline's run id has 1 to 64 letters, digits and hyphens.", code="invalid_pipeline_run"
        )
    return text
