from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from devkit.host.errors import HostError
from devkit.host.host_json import HostJson
from devkit.host.server import Host

if TYPE_CHECKING:
    from collections.abc import Callable

    from devkit.host.load import LoadedApp

STORAGE = {"AzureWebJobsStorage": "UseDevelopmentStorage=true"}
HTTP = "app = func.AsgiFunctionApp(app=None)"
TIMER = """
@app.timer_trigger(arg_name="timer", schedule="{0}")
def sweep(timer: func.TimerRequest) -> None: ...
"""
QUEUE = """
@app.queue_trigger(arg_name="message", queue_name="jobs", connection="Other")
def work(message: func.QueueMessage) -> None: ...
"""


@pytest.mark.parametrize(
    ("source", "environ", "reason"),
    [
        (HTTP, {}, r'must set extensions\.http\.routePrefix to ""'),
        (TIMER.format("never"), STORAGE, "'never' is no NCRONTAB expression"),
        (TIMER.format("0 * * * * *"), {}, "The connection 'AzureWebJobsStorage' is not set"),
        (QUEUE, STORAGE, "The connection 'Other' is not set"),
        ("", {"STRATA_QUEUE_LEASE_SECONDS": "long"}, "STRATA_QUEUE_LEASE_SECONDS is 'long'"),
        ("", {"PYTHON_THREADPOOL_THREAD_COUNT": "0"}, "PYTHON_THREADPOOL_THREAD_COUNT is '0'"),
    ],
)
def test_an_app_that_could_not_work_is_refused_before_anything_starts(
    load: Callable[..., LoadedApp], source: str, environ: dict[str, str], reason: str
) -> None:
    with pytest.raises(HostError, match=reason):
        Host(load(source), HostJson(version="2.0"), environ, grace=1)


def test_a_disabled_function_needs_no_connection(load: Callable[..., LoadedApp]) -> None:
    disabled = {"AzureWebJobs.work.Disabled": "true"}
    assert not Host(load(QUEUE, **disabled), HostJson(version="2.0"), {}, grace=1).has_busy_threads
