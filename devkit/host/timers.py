"""The listener of a timer trigger."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from azure.functions.meta import Datum

from devkit.host.invoke import Trigger
from devkit.host.schedule import Schedule
from devkit.host.schedule_monitor import ScheduleStatus

if TYPE_CHECKING:
    from devkit.host.invoke import Invoker
    from devkit.host.load import LoadedFunction
    from devkit.host.schedule_monitor import ScheduleMonitor

# A longer sleep is taken in parts, so that a clock that was set or a machine that slept is noticed.
_LONGEST_SLEEP = 30.0


class TimerListener:
    """Runs one function on its schedule, never twice at the same time.

    An occurrence that passes while the function runs is made up for right after it; one that passed while
    the host was down is made up for at start, with ``past_due`` set. A schedule of less than a minute is not
    monitored: it catches up by itself.
    """

    def __init__(self, function: LoadedFunction, invoker: Invoker, monitor: ScheduleMonitor) -> None:
        self._function = function
        self._invoker = invoker
        self._schedule = Schedule(function.trigger["schedule"])
        now = datetime.now(UTC)
        monitored = function.trigger.get("useMonitor", True) and not self._schedule.is_frequent(now)
        self._monitor = monitor if monitored else None
        self._status = ScheduleStatus(None, now, self._schedule.next_after(now))
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Run the function whenever it is due, until stopped; returns when it does not run."""
        if await self._was_missed():
            await self._fire(past_due=True)
        elif self._function.trigger.get("runOnStartup"):
            await self._fire()
        while await self._wait_until(self._status.upcoming):
            await self._fire()

    def stop(self) -> None:
        """Start no further run."""
        self._stopping.set()

    async def _was_missed(self) -> bool:
        if self._monitor is None:
            return False
        recorded = await self._monitor.read(self._function.name)
        if recorded is None:
            await self._monitor.write(self._function.name, self._status)
            return False
        # Counted anew, since the schedule may be another than the one that was recorded.
        upcoming = self._schedule.next_after(recorded.updated)
        self._status = ScheduleStatus(recorded.last, recorded.updated, upcoming)
        return upcoming <= datetime.now(UTC)

    async def _fire(self, *, past_due: bool = False) -> None:
        started = datetime.now(UTC)
        await self._invoker.invoke(self._function, timer_trigger(self._status, past_due=past_due))
        self._status = ScheduleStatus(started, started, self._schedule.next_after(started))
        if self._monitor is not None:
            await self._monitor.write(self._function.name, self._status)

    async def _wait_until(self, moment: datetime) -> bool:
        """Return True at ``moment``, or False as soon as the listener is to stop."""
        while not self._stopping.is_set():
            seconds = (moment - datetime.now(UTC)).total_seconds()
            if seconds <= 0:
                return True
            try:
                async with asyncio.timeout(min(seconds, _LONGEST_SLEEP)):
                    await self._stopping.wait()
            except TimeoutError:
                continue
        return False


def timer_trigger(status: ScheduleStatus, *, past_due: bool = False) -> Trigger:
    """Return what starts an invocation of a timer's function."""
    payload = {
        "Schedule": {"AdjustForDST": True},
        "ScheduleStatus": status.to_members(),
        "IsPastDue": past_due,
    }
    return Trigger(Datum(json.dumps(payload), "json"), "timer past due" if past_due else "timer")
