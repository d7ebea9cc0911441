"""The functions that queue messages start."""

from __future__ import annotations

import logging

import azure.functions as func

from shared.bootstrap import get_app
from shared.domain.message import JobMessage
from shared.domain.routing import SMALL_QUEUE
from shared.errors import InvalidRequestError
from shared.logs import invocation_logging

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
        try:
            job_message = JobMessage.from_json(message.get_body())
        except InvalidRequestError:
            _log.error("a poison message is no job message")
            return
        get_app().bury(job_message, "The message failed too often and was given up on.")
