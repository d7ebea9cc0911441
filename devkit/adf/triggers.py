"""Fires triggers as Azure does: by the clock, and for each new file of a container."""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from typing import TYPE_CHECKING, Any, Protocol

from devkit.adf.errors import AdfError
from devkit.adf.expressions.evaluate import evaluate
from devkit.adf.expressions.functions.date_format import ROUND_TRIP, format_moment
from devkit.adf.expressions.functions.dates import clock_functions
from devkit.adf.expressions.scope import Scope
from devkit.adf.recurrence import Every, Recurrence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from devkit.adf.factory import Definition, Json
    from devkit.adf.local.storage import StoredFile
    from devkit.adf.runner import Runner

_log = logging.getLogger(__name__)
_LOOK_SECONDS = 1.0
# A longer sleep is taken in parts, so that a clock that was set or a machine that slept is noticed.
_LONGEST_SLEEP = 30.0
_CREATED = "Microsoft.Storage.BlobCreated"
_BLOBS = "/blobs/"


class Trigger(Protocol):
    """What starts pipelines by itself until it is cancelled."""

    async def run(self) -> None:
        """Start them whenever there is cause."""


def triggers_of(runner: Runner, seconds: Mapping[str, float], memory: Path) -> list[Trigger]:
    """Return the triggers of a factory that are started; raises :class:`AdfError` for one of an unknown type.

    ``seconds`` replace the recurrences of schedule triggers, by name; ``memory`` is a folder for what they remember.
    """
    started = runner.factory.definitions["trigger"].values()
    return [
        _trigger(each, runner, seconds, memory) for each in started if each.properties.get("runtimeState") == "Started"
    ]


def _trigger(definition: Definition, runner: Runner, seconds: Mapping[str, float], memory: Path) -> Trigger:
    match definition.properties["type"]:
        case "ScheduleTrigger":
            every = seconds.get(definition.name)
            recurrence = Recurrence(definition.properties["typeProperties"]["recurrence"]) if every is None else None
            return ScheduleTrigger(definition, runner, recurrence or Every(every or 0))
        case "BlobEventsTrigger":
            return BlobEventsTrigger(definition, runner, memory / f"{definition.name}.json")
    raise AdfError(f"The trigger '{definition.name}' is of type {definition.properties['type']}, unknown here.")


class ScheduleTrigger:
    """Fires by the clock; what passed while nothing ran is not made up for."""

    def __init__(self, definition: Definition, runner: Runner, recurrence: Recurrence | Every) -> None:
        self._definition = definition
        self._runner = runner
        self._recurrence = recurrence

    async def run(self) -> None:
        """Start the pipelines whenever they are due."""
        while upcoming := self._recurrence.next_after(self._runner.now()):
            while (seconds := (upcoming - self._runner.now()).total_seconds()) > 0:
                await asyncio.sleep(min(seconds, _LONGEST_SLEEP))
            fire(self._definition, self._runner, {"scheduledTime": _shown(upcoming)})


class BlobEventsTrigger:
    """Fires for each file that comes to a container: at least once, and for those that came while nothing ran."""

    def __init__(self, definition: Definition, runner: Runner, memory: Path) -> None:
        properties = definition.properties["typeProperties"]
        if properties["events"] != [_CREATED]:
            raise AdfError(f"The trigger '{definition.name}' waits for events that are not known here.")
        begins = properties.get("blobPathBeginsWith", "")
        self._container, blobs, self._prefix = begins.lstrip("/").partition(_BLOBS)
        if not blobs:
            raise AdfError(f"The trigger '{definition.name}' must name one container: /container/blobs/…")
        self._suffix = properties.get("blobPathEndsWith", "")
        self._takes_empty = not properties.get("ignoreEmptyBlobs", False)
        self._definition = definition
        self._runner = runner
        self._memory = memory
        self._seen: set[str] = set()

    async def run(self) -> None:
        """Look again and again."""
        if self._memory.exists():
            self._seen = set(json.loads(self._memory.read_text(encoding="utf-8")))
        while True:
            try:
                await self.look()
            except AdfError as error:
                _log.warning("trigger %s: %s", self._definition.name, error)
            await asyncio.sleep(_LOOK_SECONDS)

    async def look(self) -> None:
        """Start the pipelines for the files that are new or written anew."""
        files = await self._runner.services.storage.files(self._container, self._prefix)
        found = {f"{file.path} {file.version}": file for file in files if self._concerns(file)}
        for version in found.keys() - self._seen:
            file = found[version]
            folder, _, name = file.path.rpartition("/")
            fire(
                self._definition,
                self._runner,
                {"folderPath": f"{self._container}/{folder}".rstrip("/"), "fileName": name},
            )
        if found.keys() != self._seen:
            self._seen = set(found)
            self._memory.parent.mkdir(parents=True, exist_ok=True)
            self._memory.write_text(json.dumps(sorted(self._seen)), encoding="utf-8")

    def _concerns(self, file: StoredFile) -> bool:
        return file.path.endswith(self._suffix) and (self._takes_empty or file.size > 0)


def fire(definition: Definition, runner: Runner, outcome: Json) -> None:
    """Start the pipelines of a trigger, with what it has to tell; one that cannot be started is logged."""
    trigger = {
        "id": str(uuid.uuid4()),
        "name": definition.name,
        "type": definition.properties["type"],
        "startTime": _shown(runner.now()),
        "outputs": {"body": outcome},
        **outcome,
    }
    scope = Scope().having(**clock_functions(runner.now), trigger=lambda: trigger, triggerBody=lambda: outcome)
    for each in definition.properties.get("pipelines") or []:
        name = each["pipelineReference"]["referenceName"]
        try:
            given: dict[str, Any] = evaluate(each.get("parameters") or {}, scope)
            run = runner.start(name, given, trigger)
        except AdfError as error:
            _log.error("trigger %s cannot start %s: %s", definition.name, name, error)
        else:
            _log.info("trigger %s started %s, run %s", definition.name, name, run.id)


def _shown(moment: datetime) -> str:
    return format_moment(moment, ROUND_TRIP)
