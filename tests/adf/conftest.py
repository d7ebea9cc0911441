"""The project's own pipelines, run with stand-ins in a time that passes by itself."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from devkit.adf.factory import load_factory
from devkit.adf.local.place import PIPELINES, Place
from devkit.adf.local.services import Services
from devkit.adf.runner import Runner
from tests.adf.stand_ins import App, Files, Notebooks
from tests.factories import BASE_URL, JumpingLoop, now

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from devkit.adf.runs import PipelineRun


@pytest.fixture
def app() -> App:
    """The app and the warehouse."""
    return App()


@pytest.fixture
def notebooks() -> Notebooks:
    """Spark."""
    return Notebooks()


@pytest.fixture
def run(app: App, notebooks: Notebooks, tmp_path: Path) -> Callable[..., PipelineRun]:
    """Run one of the project's pipelines to its end."""

    def execute(pipeline: str, files: Files | None = None, **given: Any) -> PipelineRun:
        async def main() -> PipelineRun:
            http = httpx.AsyncClient(transport=httpx.MockTransport(app))
            services = Services(Place(BASE_URL, "key", "pipeline-key", "", tmp_path, tmp_path), http)
            services.__dict__.update(notebooks=notebooks, storage=files or Files())
            factory = load_factory(PIPELINES)
            runner = Runner(factory, services, factory.global_parameters("local") | {"appUrl": BASE_URL}, now)
            try:
                return await runner.run(pipeline, given)
            finally:
                await runner.close()
                await services.close()

        with asyncio.Runner(loop_factory=JumpingLoop) as loop:
            return loop.run(main())

    return execute
