from __future__ import annotations

import asyncio
import json
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from azure.functions.meta import Datum

from devkit.host.invoke import Invoker, Trigger
from devkit.host.outputs import Outputs, expand_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from devkit.host.load import LoadedApp
EVENT = Trigger(Datum(json.dumps({"id": "7", "data": {"n": 1}}), "json"), "test")


def invoke(
    source: str, load: Callable[..., LoadedApp], time_limit: float | None = None
) -> tuple[Exception | None, Any]:
    """Load one Event Grid function and invoke it; returns its failure and the module's list ``seen``."""
    app = load(f"seen = []\n{source}")
    invoker = Invoker(
        Outputs({}, "base64", lambda _: None),
        timedelta(seconds=time_limit) if time_limit else None,
        threads=1,
    )
    failure = asyncio.run(invoker.invoke(app.functions[0], EVENT))
    return failure, app.functions[0].call.__globals__["seen"]


def test_a_function_gets_the_argument_that_the_worker_would_make(load: Callable[..., LoadedApp]) -> None:
    source = """
@app.event_grid_trigger(arg_name="event")
def arrived(event: func.EventGridEvent) -> None:
    seen.append((event.id, event.get_json()))
"""
    assert invoke(source, load) == (None, [("7", {"n": 1})])


def test_a_sync_function_runs_in_a_thread_and_an_async_one_in_the_loop(
    load: Callable[..., LoadedApp],
) -> None:
    source = """
import threading
@app.event_grid_trigger(arg_name="event")
{0} arrived(event: func.EventGridEvent) -> None:
    seen.append(threading.current_thread())
"""
    _, in_thread = invoke(source.format("def"), load)
    _, in_loop = invoke(source.format("async def"), load)
    assert in_thread[0].name.startswith("function")
    assert in_loop[0] is threading.current_thread()


def test_the_context_names_the_invocation_and_the_function(load: Callable[..., LoadedApp]) -> None:
    source = """
@app.event_grid_trigger(arg_name="event")
def arrived(event: func.EventGridEvent, context: func.Context) -> None:
    seen.append((context.function_name, context.thread_local_storage.invocation_id == context.invocation_id))
    seen.append((context.trace_context.trace_parent, context.retry_context.retry_count))
"""
    assert invoke(source, load) == (None, [("arrived", True), ("", 0)])


@pytest.mark.parametrize("definition", ["def", "async def"])
def test_what_a_function_raises_is_its_failure(load: Callable[..., LoadedApp], definition: str) -> None:
    source = f"""
@app.event_grid_trigger(arg_name="event")
{definition} arrived(event: func.EventGridEvent) -> None:
    raise LookupError("gone")
"""
    failure, _ = invoke(source, load)
    assert isinstance(failure, LookupError)


def test_a_function_that_exits_fails_and_the_host_goes_on(load: Callable[..., LoadedApp]) -> None:
    source = """
@app.event_grid_trigger(arg_name="event")
def arrived(event: func.EventGridEvent) -> None:
    raise SystemExit(1)
"""
    failure, _ = invoke(source, load)
    assert isinstance(failure, RuntimeError)


def test_a_function_fails_at_its_time_limit(load: Callable[..., LoadedApp]) -> None:
    source = """
import time
@app.event_grid_trigger(arg_name="event")
def arrived(event: func.EventGridEvent) -> None:
    time.sleep(0.3)
    seen.append("done")
"""
    failure, _ = invoke(source, load, time_limit=0.05)
    assert isinstance(failure, TimeoutError)


@pytest.mark.parametrize("value", ["3", "{'a': 1}"])
def test_an_output_that_the_binding_does_not_take_fails_the_invocation(
    load: Callable[..., LoadedApp], value: str
) -> None:
    source = f"""
@app.event_grid_trigger(arg_name="event")
@app.queue_output(arg_name="$return", queue_name="next", connection="S")
def arrived(event: func.EventGridEvent):
    return {value}
"""
    app = load(source)
    outputs = Outputs({"S": "UseDevelopmentStorage=true"}, "base64", lambda _: None)
    failure = asyncio.run(Invoker(outputs, None).invoke(app.functions[0], EVENT))
    assert isinstance(failure, TypeError)


def test_the_path_of_a_blob_is_filled_in_from_the_trigger() -> None:
    assert expand_path("notes/{jobId}.txt", {"jobId": "j1"}) == "notes/j1.txt"


def test_the_path_of_a_blob_may_ask_for_an_id_and_the_time() -> None:
    first, second = (expand_path("notes/{rand-guid}/{DateTime}", {}) for _ in range(2))
    assert first.split("/")[1] != second.split("/")[1]
    assert first.endswith("Z")


def test_a_name_that_the_trigger_does_not_have_is_said_so() -> None:
    with pytest.raises(LookupError, match="jobId"):
        expand_path("notes/{jobId}", {})
