"""Runs a function: in the loop or in a thread, with its context, its time limit and its outputs."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import time
import uuid
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import azure.functions as func

from devkit.host.context import InvocationContext
from devkit.host.load import RETURN, converter_of
from shared.logs import invocation_logging

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from azure.functions.meta import Datum

    from devkit.host.load import LoadedFunction
    from devkit.host.outputs import Outputs

_log = logging.getLogger(__name__)


class _Out(func.Out[Any]):
    """Holds what a function sets for an output until the function has succeeded."""

    def __init__(self) -> None:
        self._value: Any = None

    def set(self, val: Any) -> None:
        self._value = val

    def get(self) -> Any:
        return self._value


@dataclass(frozen=True, slots=True)
class Trigger:
    """What starts an invocation: the payload as the worker gets it, and values that output paths may name."""

    payload: Datum
    reason: str
    metadata: Mapping[str, Datum] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)


class Invoker:
    """Runs functions.

    A thread cannot be stopped from outside: where Azure would restart the worker process after a time
    limit, the invocation fails here and its thread goes on until it ends by itself.
    """

    def __init__(self, outputs: Outputs, time_limit: timedelta | None, threads: int | None = None) -> None:
        self._outputs = outputs
        self._time_limit = time_limit.total_seconds() if time_limit is not None else None
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="function")
        self._in_threads: set[Future[Any]] = set()

    @property
    def has_busy_threads(self) -> bool:
        """Whether a function still runs in a thread, given up after its time limit or not."""
        return bool(self._in_threads)

    async def invoke(self, function: LoadedFunction, trigger: Trigger) -> Exception | None:
        """Run a function and write its outputs; returns what made it fail, or None after success."""
        invocation_id = str(uuid.uuid4())
        started = time.perf_counter()
        with invocation_logging(invocation_id):
            _log.info("function started", extra={"fields": {"function": function.name, "reason": trigger.reason}})
            # A function may raise whatever it likes; the host goes on.
            try:
                async with asyncio.timeout(self._time_limit):
                    values = await self._run(function, trigger, invocation_id)
                await self._outputs.write(function, values, trigger.fields)
            except (Exception, SystemExit) as error:
                failure = error if isinstance(error, Exception) else RuntimeError("the function called sys.exit")
                self._log_end(function, started, failure)
                return failure
            self._log_end(function, started, None)
            return None

    async def _run(self, function: LoadedFunction, trigger: Trigger, invocation_id: str) -> dict[str, Any]:
        converter = converter_of(function.kind)
        outs = {output.parameter: _Out() for output in function.outputs if output.parameter != RETURN}
        arguments: dict[str, Any] = {
            function.trigger["name"]: converter.decode(trigger.payload, trigger_metadata=trigger.metadata),
            **outs,
        }
        context = InvocationContext(invocation_id, function)
        if function.wants_context:
            arguments["context"] = context
        if function.is_async:
            returned = await function.call(**arguments)
        else:
            returned = await self._run_in_thread(function, arguments, context)
        return {RETURN: returned, **{name: out.get() for name, out in outs.items()}}

    async def _run_in_thread(
        self, function: LoadedFunction, arguments: Mapping[str, Any], context: InvocationContext
    ) -> Any:
        def call() -> Any:
            with context.in_this_thread():
                return function.call(**arguments)

        future = self._pool.submit(contextvars.copy_context().run, call)
        self._in_threads.add(future)
        future.add_done_callback(self._in_threads.discard)
        return await asyncio.shield(asyncio.wrap_future(future))

    def _log_end(self, function: LoadedFunction, started: float, failure: Exception | None) -> None:
        fields = {"function": function.name, "ms": round((time.perf_counter() - started) * 1000)}
        if failure is None:
            _log.info("function succeeded", extra={"fields": fields})
        else:
            _log.error("function failed", extra={"fields": fields}, exc_info=failure)
