from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from devkit.host.errors import HostError
from devkit.host.load import Output, load_app
from devkit.host.table import function_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from devkit.host.load import LoadedApp

ASGI = """
async def asgi(scope, receive, send): ...
app = func.AsgiFunctionApp(app=asgi, function_name="http_api")
"""
QUEUE = """
@app.queue_trigger(arg_name="message", queue_name="%PREFIX%-jobs", connection="AzureWebJobsStorage")
def work(message: func.QueueMessage) -> None: ...
"""
TIMER = """
@app.timer_trigger(arg_name="timer", schedule="0 */10 * * * *", run_on_startup=True)
async def sweep(timer: func.TimerRequest, context: func.Context) -> None: ...
"""
EVENTS = """
@app.event_grid_trigger(arg_name="event")
def arrived(event: func.EventGridEvent) -> None: ...
"""


def test_an_app_is_its_asgi_app_and_its_functions(load: Callable[..., LoadedApp]) -> None:
    app = load(ASGI + QUEUE + TIMER + EVENTS, PREFIX="small")
    assert app.asgi is not None
    assert {function.name: function.kind for function in app.functions} == {
        "http_api": "httpTrigger",
        "work": "queueTrigger",
        "sweep": "timerTrigger",
        "arrived": "eventGridTrigger",
    }


def test_bindings_are_read_with_their_settings_filled_in(load: Callable[..., LoadedApp]) -> None:
    work, sweep = load(QUEUE + TIMER, PREFIX="small").functions
    assert work.trigger["queueName"] == "small-jobs"
    assert sweep.trigger["schedule"] == "0 */10 * * * *"
    assert sweep.trigger["runOnStartup"] is True


def test_a_function_is_known_to_be_async_and_to_want_its_context(load: Callable[..., LoadedApp]) -> None:
    work, sweep = load(QUEUE + TIMER, PREFIX="small").functions
    assert (work.is_async, work.wants_context) == (False, False)
    assert (sweep.is_async, sweep.wants_context) == (True, True)


def test_outputs_may_be_returned_or_set(load: Callable[..., LoadedApp]) -> None:
    app = load("""
        @app.event_grid_trigger(arg_name="event")
        @app.queue_output(arg_name="$return", queue_name="next", connection="AzureWebJobsStorage")
        @app.blob_output(arg_name="note", path="notes/{rand-guid}", connection="Other")
        def arrived(event: func.EventGridEvent, note: func.Out[str]) -> str: ...
    """)
    assert set(app.functions[0].outputs) == {
        Output("$return", "queue", "next", "AzureWebJobsStorage"),
        Output("note", "blob", "notes/{rand-guid}", "Other"),
    }


def test_a_disabled_function_is_listed_and_not_started(load: Callable[..., LoadedApp]) -> None:
    app = load(QUEUE, PREFIX="small", **{"AzureWebJobs.work.Disabled": "true"})
    assert [function.name for function in app.functions] == ["work"]
    assert app.of_kind("queueTrigger") == []


def test_the_table_names_what_starts_each_function(load: Callable[..., LoadedApp]) -> None:
    app = load(ASGI + QUEUE + TIMER + EVENTS, PREFIX="small", **{"AzureWebJobs.sweep.Disabled": "true"})
    assert function_table(app, "http://127.0.0.1:7071").splitlines() == [
        "Functions:",
        "",
        "  http_api  http://127.0.0.1:7071/{*route}",
        "  work      queue small-jobs",
        "  sweep     timer 0 */10 * * * *  (disabled)",
        "  arrived   Event Grid",
    ]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (
            """
            @app.blob_trigger(arg_name="blob", path="c/b", connection="S")
            def f(blob: func.InputStream): ...
            """,
            "Function f: this host has no blobTrigger",
        ),
        (
            """
            @app.timer_trigger(arg_name="timer", schedule="0 0 * * * *")
            @app.blob_input(arg_name="blob", path="c/b", connection="S")
            def f(timer: func.TimerRequest, blob: str): ...
            """,
            "Function f: this host has no input binding blob",
        ),
        (
            """
            @app.timer_trigger(arg_name="timer", schedule="0 0 * * * *")
            @app.table_output(arg_name="$return", connection="S", table_name="t")
            def f(timer: func.TimerRequest) -> str: ...
            """,
            "Function f: this host has no output binding table",
        ),
        (
            """
            @app.route(route="hello")
            def f(req: func.HttpRequest) -> str: ...
            """,
            "Function f: HTTP is served by the app of AsgiFunctionApp",
        ),
        (
            """
            @app.timer_trigger(arg_name="timer", schedule="0 0 * * * *")
            @app.retry(strategy="fixed_delay", max_retry_count="3", delay_interval="00:00:01")
            def f(timer: func.TimerRequest): ...
            """,
            "Function f: this host has no retry policies",
        ),
        (
            """
            @app.timer_trigger(arg_name="timer", schedule="0 0 * * * *")
            def f(clock: func.TimerRequest): ...
            """,
            r"Function f: its parameters are \['clock'\], its bindings \['timer'\]",
        ),
        (
            """
            @app.timer_trigger(arg_name="timer", schedule="0 0 * * * *")
            def f(timer: func.QueueMessage): ...
            """,
            "Function f: timer cannot be annotated as <class 'azure.functions._queue.QueueMessage'>",
        ),
        (
            """
            @app.timer_trigger(arg_name="timer", schedule="0 0 * * * *")
            def f(timer: "checking.Timer"): ...
            """,
            "Function f: name 'checking' is not defined; the worker resolves annotations",
        ),
        (
            """
            @app.timer_trigger(arg_name="timer", schedule="0 0 * * * *")
            @app.queue_output(arg_name="out", queue_name="next", connection="S")
            def f(timer: func.TimerRequest, out: str): ...
            """,
            "Function f: out cannot be annotated as <class 'str'>",
        ),
        (
            """
            @app.timer_trigger(arg_name="timer", schedule="0 0 * * * *")
            @app.queue_output(arg_name="out", queue_name="next", connection="S")
            def f(timer: func.TimerRequest, out: func.Out[list[str]]): ...
            """,
            r"Function f: out cannot be annotated as .*Out\[list\[str\]\]",
        ),
        (
            """
            @app.timer_trigger(arg_name="timer", schedule="0 0 * * * *")
            @app.blob_output(arg_name="$return", path="c/b", connection="S")
            def f(timer: func.TimerRequest) -> str | None: ...
            """,
            r"Function f: return cannot be annotated as str \| None",
        ),
        (
            """
            @app.timer_trigger(arg_name="timer", schedule="0 0 * * * *")
            def f(timer: func.TimerRequest, context: dict): ...
            """,
            "Function f: context cannot be annotated as <class 'dict'>",
        ),
    ],
)
def test_what_the_worker_or_this_host_cannot_run_is_refused_by_name(
    load: Callable[..., LoadedApp], source: str, reason: str
) -> None:
    with pytest.raises(HostError, match=reason):
        load(source)


def test_a_directory_without_an_app_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(HostError, match=r"no function_app\.py"):
        load_app(tmp_path, {})


def test_a_module_must_have_exactly_one_app(load: Callable[..., LoadedApp]) -> None:
    with pytest.raises(HostError, match="it has 2"):
        load("other = func.FunctionApp()")


def test_an_exception_of_the_app_itself_is_not_hidden(load: Callable[..., LoadedApp]) -> None:
    with pytest.raises(ZeroDivisionError):
        load("1 / 0")
