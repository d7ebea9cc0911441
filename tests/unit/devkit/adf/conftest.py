"""What tests of made-up factories share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from devkit.adf.local.place import Place
from devkit.adf.local.services import Services
from devkit.adf.runner import Runner
from tests.factories import BASE_URL, Execute, Folder, Json, JumpingLoop, now

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from devkit.adf.runs import PipelineRun


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty factory."""
    root = tmp_path / "adf"
    root.mkdir()
    return Folder(root)


Handler = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A local system that nobody has started."""
    return Place(BASE_URL, "host-key", "pipeline-key", "", tmp_path / "notebooks", tmp_path)


@pytest.fixture
def execute(folder: Folder, place: Place) -> Execute:
    """Run the activities of a pipeline called Main to the end."""

    def run(
        activities: Sequence[Json],
        given: Json | None = None,
        answer: Handler | None = None,
        global_parameters: Json | None = None,
        watch: Callable[[Runner, PipelineRun], Any] | None = None,
        **properties: Any,
    ) -> PipelineRun:
        folder.add("pipeline", "Main", activities=list(activities), **properties)

        async def main() -> PipelineRun:
            http = httpx.AsyncClient(transport=httpx.MockTransport(answer or _nothing_answers))
            services = Services(place, http)
            runner = Runner(folder.load(), services, global_parameters, now)
            started = runner.start("Main", given or {})
            if watch:
                await watch(runner, started)
            try:
                return await runner.wait(started)
            finally:
                await runner.close()
                await services.close()

        with asyncio.Runner(loop_factory=JumpingLoop) as loop:
            return loop.run(main())

    return run


def _nothing_answers(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"{request.url} should not be asked")
