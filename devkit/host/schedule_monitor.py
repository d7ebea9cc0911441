"""The record of a timer's occurrences, which shows after a restart what was missed."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from azure.core.exceptions import AzureError

from devkit.host.storage_blob import read_blob, write_blob

if TYPE_CHECKING:
    from typing import Self

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ScheduleStatus:
    """When a timer last ran (None: never), the time its next occurrence counts from, and that occurrence."""

    last: datetime | None
    updated: datetime
    upcoming: datetime

    def to_members(self) -> dict[str, str | None]:
        """Return it as the JSON object that functions and the stored record hold."""
        return {
            "Last": self.last.isoformat() if self.last else None,
            "Next": self.upcoming.isoformat(),
            "LastUpdated": self.updated.isoformat(),
        }

    @classmethod
    def from_members(cls, members: dict[str, str | None]) -> Self:
        """Return the status that a JSON object holds; raises KeyError, TypeError or ValueError otherwise."""
        last, updated, upcoming = members["Last"], str(members["LastUpdated"]), str(members["Next"])
        return cls(
            datetime.fromisoformat(last) if last else None,
            datetime.fromisoformat(updated),
            datetime.fromisoformat(upcoming),
        )


class ScheduleMonitor:
    """Keeps the status of each timer as a blob, in the container where the real host keeps it too.

    Without it a timer works all the same and only missed occurrences go unnoticed, so a storage that does
    not answer is logged and no more.
    """

    def __init__(self, connection: str, host_id: str) -> None:
        self._connection = connection
        self._directory = f"azure-webjobs-hosts/timers/{host_id}"

    async def read(self, timer: str) -> ScheduleStatus | None:
        """Return the status of a timer, None when there is none that can be read."""
        try:
            content = await asyncio.to_thread(read_blob, self._connection, self._path(timer))
            return None if content is None else ScheduleStatus.from_members(json.loads(content))
        except (AzureError, KeyError, TypeError, ValueError):
            _log.warning("timer status not read", extra={"fields": {"function": timer}}, exc_info=True)
            return None

    async def write(self, timer: str, status: ScheduleStatus) -> None:
        """Record the status of a timer."""
        content = json.dumps(status.to_members()).encode()
        try:
            await asyncio.to_thread(write_blob, self._connection, self._path(timer), content)
        except AzureError:
            _log.warning("timer status not written", extra={"fields": {"function": timer}}, exc_info=True)

    def _path(self, timer: str) -> str:
        return f"{self._directory}/{timer}/status"
