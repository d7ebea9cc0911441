from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from devkit.host.invoke import Invoker
from devkit.host.load import LoadedFunction
from devkit.host.outputs import Outputs
from devkit.host.schedule_monitor import ScheduleMonitor, ScheduleStatus
from devkit.host.storage_blob import write_blob
from devkit.host.timers import TimerListener

if TYPE_CHECKING:
    from collections.abc import Mapping

    import azure.functions as func

    from devkit.azurite.server import Azurite

YEARLY = "0 0 0 1 1 *"
LONG_AGO = datetime(2020, 5, 1, tzinfo=UTC)
NOWHERE = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:9/a"


class Timer:
    """A timer whose runs are counted, and whose host starts and stops when told."""

    def __init__(self, connection: str, schedule: str = YEARLY, **trigger: Any) -> None:
        self.runs: list[bool] = []
        self.host_id = uuid.uuid4().hex
        self.monitor = ScheduleMonitor(connection, self.host_id)
        self._trigger: Mapping[str, Any] = {
            "type": "timerTrigger",
            "name": "timer",
            "schedule": schedule,
            **trigger,
        }

    async def run_host(self, seconds: float = 0.2) -> None:
        listener = TimerListener(self._function(), Invoker(Outputs({}, "base64", lambda _: None), None), self.monitor)
        running = asyncio.create_task(listener.run())
        await asyncio.sleep(seconds)
        listener.stop()
        await running

    def _function(self) -> LoadedFunction:
        async def work(timer: func.TimerRequest) -> None:
            self.runs.append(timer.past_due)

        return LoadedFunction("work", work, self._trigger, (), (), ".", wants_context=False, disabled=False)


@pytest.fixture
def connection(azurite: Azurite) -> str:
    return azurite.connection_string


def test_an_occurrence_missed_while_the_host_was_down_is_made_up_for_once(connection: str) -> None:
    async def scenario() -> None:
        timer = Timer(connection)
        await timer.monitor.write("work", ScheduleStatus(LONG_AGO, LONG_AGO, LONG_AGO + timedelta(days=245)))
        await timer.run_host()
        await timer.run_host()
        assert timer.runs == [True]
        status = await timer.monitor.read("work")
        assert status is not None
        assert status.last is not None
        assert datetime.now(UTC) - status.last < timedelta(minutes=1)

    asyncio.run(scenario())


def test_a_timer_that_never_ran_is_not_past_due(connection: str) -> None:
    async def scenario() -> None:
        timer = Timer(connection)
        await timer.run_host()
        await timer.run_host()
        assert timer.runs == []
        status = await timer.monitor.read("work")
        assert status is not None
        assert status.last is None

    asyncio.run(scenario())


def test_a_missed_occurrence_counts_by_the_schedule_of_today(connection: str) -> None:
    async def scenario() -> None:
        timer = Timer(connection)
        now = datetime.now(UTC)
        # Under the schedule of that time it would have been due by now.
        await timer.monitor.write("work", ScheduleStatus(None, now - timedelta(hours=1), now - timedelta(minutes=1)))
        await timer.run_host()
        assert timer.runs == []

    asyncio.run(scenario())


def test_what_was_missed_of_a_timer_without_monitor_stays_missed(connection: str) -> None:
    async def scenario() -> None:
        timer = Timer(connection, useMonitor=False)
        await timer.monitor.write("work", ScheduleStatus(LONG_AGO, LONG_AGO, LONG_AGO))
        await timer.run_host()
        assert timer.runs == []

    asyncio.run(scenario())


def test_a_record_that_cannot_be_read_is_as_good_as_none(connection: str) -> None:
    async def scenario() -> None:
        timer = Timer(connection)
        path = f"azure-webjobs-hosts/timers/{timer.host_id}/work/status"
        await asyncio.to_thread(write_blob, connection, path, b'{"Last": "yesterday"}')
        await timer.run_host()
        assert timer.runs == []

    asyncio.run(scenario())


def test_a_timer_runs_though_its_storage_is_down() -> None:
    async def scenario() -> None:
        timer = Timer(NOWHERE, schedule="0 * * * * *", useMonitor=False, runOnStartup=True)
        await timer.run_host()
        assert timer.runs == [False]
        await timer.monitor.write("work", ScheduleStatus(None, LONG_AGO, LONG_AGO))

    asyncio.run(scenario())
