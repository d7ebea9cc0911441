"""Runs pipelines: starts them, keeps to their concurrency, and ends them when asked to."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from devkit.adf import parameters
from devkit.adf.block import run_block
from devkit.adf.runs import PipelineRun, Problem, State, new_run_id
from devkit.adf.scopes import pipeline_scope
from devkit.adf.support import require_supported

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from devkit.adf.factory import Definition, Factory, Json
    from devkit.adf.local.services import Services

_log = logging.getLogger(__name__)
_KEPT_RUNS = 500
_EMPTY: dict[str, Any] = {"string": "", "boolean": False, "array": [], "integer": 0}


class Runner:
    """Runs the pipelines of one factory, any number of them at once, in one event loop."""

    def __init__(
        self,
        factory: Factory,
        services: Services,
        global_parameters: Json | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Prepare to run; ``now`` is the clock that runs go by."""
        self.factory = factory
        self.services = services
        self.now = now
        self._global_parameters = global_parameters or {}
        #: The latest runs, by their ids.
        self.runs: dict[str, PipelineRun] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._places: dict[str, asyncio.Semaphore] = defaultdict(_unlimited)

    def start(
        self,
        pipeline: str,
        given: Mapping[str, Any],
        trigger: Json | None = None,
        parent: PipelineRun | None = None,
        run_id: str | None = None,
    ) -> PipelineRun:
        """Start a run and return it; it goes on by itself, see :meth:`wait`. Its id is a new one unless one is given.

        Raises :class:`~devkit.adf.errors.AdfError` for a pipeline that does not exist, needs other parameters, or
        holds something that cannot be run here, before anything of it has run.
        """
        definition = self.factory.get("pipeline", pipeline)
        values = parameters.complete(definition, given)
        require_supported(self.factory, definition)
        run = PipelineRun(pipeline, values, trigger, parent, queued=self.now(), id=run_id or new_run_id())
        self._forget_old_runs()
        self.runs[run.id] = run
        self._tasks[run.id] = asyncio.create_task(self._run(definition, run))
        return run

    async def wait(self, run: PipelineRun) -> PipelineRun:
        """Return a run when it is over; whoever is cancelled meanwhile cancels the run."""
        task = self._tasks[run.id]
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            await self.cancel(run)
            if asyncio.current_task().cancelling():  # type: ignore[union-attr]
                raise
        return run

    async def cancel(self, run: PipelineRun) -> None:
        """End a run; returns when nothing of it runs any more."""
        task = self._tasks[run.id]
        task.cancel()
        await asyncio.wait([task])
        if not run.is_over:
            # It had not begun yet, so nothing in it could take note.
            run.state, run.ended = State.CANCELLED, self.now()

    async def run(self, pipeline: str, given: Mapping[str, Any], trigger: Json | None = None) -> PipelineRun:
        """Run a pipeline to its end; see :meth:`start`."""
        return await self.wait(self.start(pipeline, given, trigger))

    async def close(self) -> None:
        """End all runs."""
        await asyncio.gather(*(self.cancel(run) for run in self.runs.values() if not run.is_over))

    async def _run(self, definition: Definition, run: PipelineRun) -> None:
        try:
            async with self._place(definition):
                run.started, run.state = self.now(), State.IN_PROGRESS
                run.variables = _initial_variables(definition)
                scope = pipeline_scope(run, self._global_parameters, self.now)
                activities = definition.properties.get("activities") or []
                failed = await run_block(self, run, activities, scope, run.activities, {}, None)
            run.state = State.FAILED if failed else State.SUCCEEDED
            if failed:
                run.problem = Problem("ActivityFailed", told(failed))
        except asyncio.CancelledError:
            run.state = State.CANCELLED
            run.problem = Problem("Cancelled", "The run was cancelled.")
            raise
        except Exception as error:
            _log.exception("pipeline %s broke off", run.pipeline)
            run.state = State.FAILED
            run.problem = Problem("InternalError", f"The runner failed: {type(error).__name__}.")
        finally:
            run.ended = self.now()
            _log.info("pipeline %s, run %s: %s", run.pipeline, run.id, run.state)
            if run.problem:
                _log.warning("pipeline %s, run %s: %s", run.pipeline, run.id, run.problem.message)

    def _forget_old_runs(self) -> None:
        over = [run.id for run in self.runs.values() if run.is_over]
        for run_id in over[: max(len(self.runs) - _KEPT_RUNS, 0)]:
            del self.runs[run_id], self._tasks[run_id]

    def _place(self, definition: Definition) -> asyncio.Semaphore:
        limit = definition.properties.get("concurrency")
        if limit is not None and definition.name not in self._places:
            self._places[definition.name] = asyncio.Semaphore(limit)
        return self._places[definition.name]


def told(failed: list[Any]) -> str:
    """Say which activities have failed, and why."""
    return " ".join(
        f"Operation on target {each.name} failed: {each.problem.message if each.problem else each.state}"
        for each in failed
    )


def _unlimited() -> asyncio.Semaphore:
    return asyncio.Semaphore(1_000_000)


def _initial_variables(definition: Definition) -> Json:
    specified: Json = definition.properties.get("variables") or {}
    return {name: each.get("defaultValue", _EMPTY.get(each["type"].lower())) for name, each in specified.items()}
