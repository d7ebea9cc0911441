"""The functions that queue messages start."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import azure.functions as func

from shared.bootstrap import get_app
from shared.domain.job import INTAKE_STATES, JobState
from shared.domain.message import JobMessage
from shared.domain.routing import INTAKE_QUEUE, LARGE_QUEUE, SMALL_QUEUE
from shared.errors import InvalidRequestError
from shared.logs import invocation_logging

if TYPE_CHECKING:
    from collections.abc import Collection

STORAGE = "AzureWebJobsStorage"

blueprint = func.Blueprint()  # type: ignore[no-untyped-call]  # azure.functions has no hints here
_log = logging.getLogger(__name__)


@blueprint.function_name("process_small_batch_queue")
@blueprint.queue_trigger("message", queue_name=SMALL_QUEUE, connection=STORAGE)
def process_small_batch_queue(message: func.QueueMessage, context: func.Context) -> None:
    """Take the job of a message to its end; an exception brings the message back."""
    with invocation_logging(context.invocation_id):
        get_app().process(JobMessage.from_json(message.get_body()))


@blueprint.function_name("bury_small_batch_poison")
@blueprint.queue_trigger("message", queue_name=f"{SMALL_QUEUE}-poison", connection=STORAGE)
def bury_small_batch_poison(message: func.QueueMessage, context: func.Context) -> None:
    """End the job of a message that failed too often; what is no job message has no job, and is let go."""
    with invocation_logging(context.invocation_id):
        _bury(message)


@blueprint.function_name("bury_large_batch_poison")
@blueprint.queue_trigger("message", queue_name=f"{LARGE_QUEUE}-poison", connection=STORAGE)
def bury_large_batch_poison(message: func.QueueMessage, context: func.Context) -> None:
    """End the job of a message that the large path took up too often; Data Factory owns the queue, not its poison."""
    with invocation_logging(context.invocation_id):
        _bury(message)


@blueprint.function_name("take_in_files")
@blueprint.queue_trigger("message", queue_name=INTAKE_QUEUE, connection=STORAGE)
def take_in_files(message: func.QueueMessage, context: func.Context) -> None:
    """Count the files that the job of a message waits for, if they are there; cut them where the large path asked."""
    with invocation_logging(context.invocation_id):
        job_id = JobMessage.from_json(message.get_body()).job_id
        get_app().take_in(job_id)
        get_app().cut_shards(job_id)


@blueprint.function_name("bury_intake_poison")
@blueprint.queue_trigger("message", queue_name=f"{INTAKE_QUEUE}-poison", connection=STORAGE)
def bury_intake_poison(message: func.QueueMessage, context: func.Context) -> None:
    """End the job of a message whose files could not be taken in, unless they were by another message."""
    with invocation_logging(context.invocation_id):
        _bury(message, only=INTAKE_STATES)


def _bury(message: func.QueueMessage, only: Collection[JobState] = tuple(JobState)) -> None:
    try:
        job_message = JobMessage.from_json(message.get_body())
    except InvalidRequestError:
        _log.error("a poison message is no job message")
        return
    get_app().bury(job_message, "The message failed too often and was given up on.", only)
