from __future__ import annotations

import base64
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.devkit.host.conftest import HostProcess

SETTINGS = {"AzureWebJobs.each_second.Disabled": "true", "STRATA_QUEUE_LEASE_SECONDS": "1"}


@dataclass
class Stopped:
    """A host that was stopped by SIGTERM while it worked on one short and one endless message."""

    host: HostProcess
    seconds: float
    code: int
    printed: str
    logged: list[dict[str, Any]]


@pytest.fixture(scope="module")
def stopped(make_host: Callable[[], HostProcess]) -> Stopped:
    host = make_host()
    host.start("--grace", "1", **SETTINGS)
    host.noted("at_start")
    host.send("slow", "0.5")
    host.send("slow", "60")
    host.noted("slow", 2, state="starts")
    started = time.monotonic()
    code, printed, logged = host.stop()
    return Stopped(host, time.monotonic() - started, code, printed, logged)


def test_a_stopped_host_ends_well_after_its_time_of_grace(stopped: Stopped) -> None:
    assert stopped.code == 0
    assert 0.8 < stopped.seconds < 4


def test_what_can_finish_within_the_time_of_grace_does(stopped: Stopped) -> None:
    assert [seen["body"] for seen in stopped.host.notes("slow", state="ends")] == ["0.5"]
    assert stopped.host.count("slow") == 1


def test_what_cannot_finish_is_visible_again_after_its_lease(stopped: Stopped) -> None:
    endless = base64.b64encode(b"60").decode()
    assert stopped.host.until(lambda: stopped.host.waiting("slow"), "the lease to end") == [endless]


def test_at_start_the_functions_are_printed_with_what_starts_them(stopped: Stopped) -> None:
    assert f"  http_api     {stopped.host.base_url}/{{*route}}\n" in stopped.printed
    assert f"  crowd        queue {stopped.host.prefix}-crowd\n" in stopped.printed
    assert "  each_second  timer * * * * * *  (disabled)\n" in stopped.printed


def test_a_disabled_function_does_not_run(stopped: Stopped) -> None:
    assert stopped.host.notes("each_second") == []


def test_invocations_are_logged_as_json(stopped: Stopped) -> None:
    ended = next(line for line in stopped.logged if line["message"] == "function succeeded")
    assert ended["function"] == "at_start"
    assert len(ended["invocationId"]) == 36
    assert ended["ms"] >= 0
    assert [line["level"] for line in stopped.logged if line["message"] == "host stops"] == ["info"]
