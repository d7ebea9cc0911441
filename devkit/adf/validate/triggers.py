"""Triggers: what they start, when, and for which files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devkit.adf.errors import AdfError
from devkit.adf.recurrence import Recurrence
from devkit.adf.validate.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devkit.adf.factory import Definition, Factory


def check_triggers(factory: Factory) -> Iterator[Finding]:
    """Find triggers that start nothing, never fire, or wait for the files of no container."""
    for trigger in factory.definitions["trigger"].values():
        if not trigger.properties.get("pipelines"):
            yield Finding(trigger.file, "$.properties.pipelines", "The trigger starts no pipeline.")
        match trigger.properties.get("type"):
            case "ScheduleTrigger":
                yield from _recurrence(trigger)
            case "BlobEventsTrigger":
                yield from _place(trigger)


def _recurrence(trigger: Definition) -> Iterator[Finding]:
    path = "$.properties.typeProperties.recurrence"
    definition = (trigger.properties.get("typeProperties") or {}).get("recurrence") or {}
    if missing := [name for name in ("frequency", "interval", "startTime") if definition.get(name) is None]:
        yield Finding(trigger.file, path, f"The recurrence has no {', '.join(missing)}.")
        return
    try:
        Recurrence(definition)
    except AdfError as error:
        yield Finding(trigger.file, path, str(error))


def _place(trigger: Definition) -> Iterator[Finding]:
    begins = (trigger.properties.get("typeProperties") or {}).get("blobPathBeginsWith", "")
    if "/blobs/" not in begins.lstrip("/"):
        reason = "A path of files begins with their container: /container/blobs/folder/."
        yield Finding(trigger.file, "$.properties.typeProperties.blobPathBeginsWith", reason)
