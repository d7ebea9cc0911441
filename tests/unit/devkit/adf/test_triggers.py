"""What triggers start, and with which parameters."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from devkit.adf.errors import AdfError
from devkit.adf.local.services import Services
from devkit.adf.local.storage import StoredFile
from devkit.adf.runner import Runner
from devkit.adf.triggers import BlobEventsTrigger, triggers_of
from tests.factories import START, Folder, JumpingLoop, now, wait

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from devkit.adf.local.place import Place
    from devkit.adf.runs import PipelineRun

    Work = Callable[[Runner, "Files"], Coroutine[Any, Any, None]]

SCHEDULE = {"recurrence": {"frequency": "Minute", "interval": 10, "startTime": "2026-01-01T00:00:00Z"}}
ARRIVALS = {
    "blobPathBeginsWith": "/exports/blobs/u1/",
    "blobPathEndsWith": ".csv",
    "ignoreEmptyBlobs": True,
    "events": ["Microsoft.Storage.BlobCreated"],
}
FILE = {"file": {"type": "string"}, "folder": {"type": "string"}}


def trigger(folder: Folder, kind: str, properties: Any, parameters: Any = None, state: str = "Started") -> None:
    reference = {"referenceName": "Main", "type": "PipelineReference"}
    pipelines = [{"pipelineReference": reference, "parameters": parameters or {}}]
    folder.add("trigger", "T", type=kind, typeProperties=properties, pipelines=pipelines, runtimeState=state)


class Files:
    """A storage whose files a test states: the real one tells no versions that a test can choose."""

    def __init__(self) -> None:
        self.content: dict[str, tuple[str, int]] = {}

    async def files(self, container: str, prefix: str) -> list[StoredFile]:
        assert container == "exports"
        found = sorted((path, *each) for path, each in self.content.items() if path.startswith(prefix))
        return [StoredFile(container, path, size, START, version) for path, version, size in found]


@pytest.fixture
def in_time(folder: Folder, place: Place) -> Callable[[Work], list[PipelineRun]]:
    """Run with a runner and made-up files; returns all runs that were started."""

    def run(work: Work) -> list[PipelineRun]:
        async def main() -> list[PipelineRun]:
            services, files = Services(place), Files()
            services.__dict__["storage"] = files
            runner = Runner(folder.load(), services, {}, now)
            await work(runner, files)
            runs = list(runner.runs.values())
            for each in runs:
                await runner.wait(each)
            await services.close()
            return runs

        with asyncio.Runner(loop_factory=JumpingLoop) as loop:
            return loop.run(main())

    return run


def test_a_schedule_trigger_fires_when_it_is_due(folder: Folder, in_time: Any, tmp_path: Path) -> None:
    folder.add("pipeline", "Main", activities=[wait("A", 1)], parameters={"at": {"type": "string"}})
    trigger(folder, "ScheduleTrigger", SCHEDULE, {"at": "@trigger().scheduledTime"})

    async def work(runner: Runner, _: Files) -> None:
        (each,) = triggers_of(runner, {}, tmp_path)
        task = asyncio.create_task(each.run())
        await asyncio.sleep(25 * 60)
        task.cancel()

    runs = in_time(work)

    assert [run.parameters["at"][11:19] for run in runs] == ["08:10:00", "08:20:00"]
    assert runs[0].trigger is not None
    assert runs[0].trigger["name"] == "T"


def test_its_interval_may_be_a_shorter_one_here(folder: Folder, in_time: Any, tmp_path: Path) -> None:
    folder.add("pipeline", "Main", activities=[])
    trigger(folder, "ScheduleTrigger", SCHEDULE)

    async def work(runner: Runner, _: Files) -> None:
        (each,) = triggers_of(runner, {"T": 2}, tmp_path)
        task = asyncio.create_task(each.run())
        await asyncio.sleep(7)
        task.cancel()

    assert len(in_time(work)) == 3


def test_a_trigger_that_is_stopped_does_not_fire(folder: Folder, in_time: Any, tmp_path: Path) -> None:
    trigger(folder, "ScheduleTrigger", SCHEDULE, state="Stopped")

    async def work(runner: Runner, _: Files) -> None:
        assert triggers_of(runner, {}, tmp_path) == []

    assert in_time(work) == []


def test_each_new_file_starts_a_run_once(folder: Folder, in_time: Any, tmp_path: Path) -> None:
    folder.add("pipeline", "Main", activities=[], parameters=FILE)
    given = {"file": "@triggerBody().fileName", "folder": "@triggerBody().folderPath"}
    trigger(folder, "BlobEventsTrigger", ARRIVALS, given)

    async def work(runner: Runner, files: Files) -> None:
        (each,) = triggers_of(runner, {}, tmp_path)
        assert isinstance(each, BlobEventsTrigger)
        others = dict.fromkeys(["u1/b.xlsx", "u2/c.csv"], ("v1", 5))
        files.content = {"u1/j1/a.csv": ("v1", 5), "u1/j1/empty.csv": ("v1", 0), **others}
        await each.look()
        await each.look()
        files.content["u1/j1/a.csv"] = ("v2", 6)
        await each.look()

    assert [run.parameters for run in in_time(work)] == [{"file": "a.csv", "folder": "exports/u1/j1"}] * 2


def test_what_came_while_nothing_ran_is_made_up_for_and_the_rest_not_repeated(
    folder: Folder, in_time: Any, tmp_path: Path
) -> None:
    folder.add("pipeline", "Main", activities=[], parameters=FILE)
    trigger(folder, "BlobEventsTrigger", ARRIVALS, {"file": "@triggerBody().fileName", "folder": ""})

    async def live(runner: Runner, files: Files) -> None:
        task = asyncio.create_task(triggers_of(runner, {}, tmp_path)[0].run())
        await asyncio.sleep(3)
        task.cancel()

    async def before(runner: Runner, files: Files) -> None:
        files.content = {"u1/a.csv": ("v1", 5)}
        await live(runner, files)

    async def after(runner: Runner, files: Files) -> None:
        files.content = {"u1/a.csv": ("v1", 5), "u1/b.csv": ("v1", 5)}
        await live(runner, files)

    assert [run.parameters["file"] for run in in_time(before)] == ["a.csv"]
    assert [run.parameters["file"] for run in in_time(after)] == ["b.csv"]


def test_a_trigger_of_a_type_that_is_unknown_here_is_refused(folder: Folder, in_time: Any, tmp_path: Path) -> None:
    trigger(folder, "TumblingWindowTrigger", {})

    async def work(runner: Runner, _: Files) -> None:
        with pytest.raises(AdfError, match="'T' is of type TumblingWindowTrigger, unknown here"):
            triggers_of(runner, {}, tmp_path)

    in_time(work)


def test_a_run_that_cannot_be_started_is_logged(
    folder: Folder, in_time: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.add("pipeline", "Main", activities=[], parameters={"needed": {"type": "string"}})
    trigger(folder, "ScheduleTrigger", SCHEDULE)

    async def work(runner: Runner, _: Files) -> None:
        task = asyncio.create_task(triggers_of(runner, {"T": 2}, tmp_path)[0].run())
        await asyncio.sleep(3)
        task.cancel()

    assert in_time(work) == []
    assert "trigger T cannot start Main: The pipeline 'Main' needs the parameter 'needed' (string)." in caplog.text
