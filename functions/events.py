"""The functions that events start."""

from __future__ import annotations

import logging

import azure.functions as func

from shared.bootstrap import get_app
from shared.logs import invocation_logging

#: The function that the event subscription of the landing container names.
TAKE_UP = "take_up_landed_file"
_CREATED = "Microsoft.Storage.BlobCreated"
_SUBJECT = "/blobServices/default/containers/"
# A data lake tells of a file when it is made and still empty, and again when it is whole.
_NOT_YET_WHOLE = "CreateFile"

blueprint = func.Blueprint()  # type: ignore[no-untyped-call]  # azure.functions has no hints here
_log = logging.getLogger(__name__)


@blueprint.function_name(TAKE_UP)
@blueprint.event_grid_trigger("event")
def take_up_landed_file(event: func.EventGridEvent, context: func.Context) -> None:
    """Have a file taken in that has come to the landing container; an exception brings the event again."""
    with invocation_logging(context.invocation_id):
        place = event.subject.removeprefix(_SUBJECT)
        container, _, path = place.partition("/blobs/")
        if event.event_type != _CREATED or place == event.subject or not path:
            _log.warning("an event came that tells of no new file")
        elif event.get_json().get("api") != _NOT_YET_WHOLE:
            get_app().arrivals(container, path)
