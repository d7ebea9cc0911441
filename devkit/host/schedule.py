"""NCRONTAB: the schedule of a timer trigger."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from croniter import (  # type: ignore[import-untyped]
    CroniterBadDateError,
    CroniterError,
    croniter,
)

from devkit.host.errors import HostError

if TYPE_CHECKING:
    from collections.abc import Iterator

_ALLOWED = re.compile(r"(?:[\d,\-*/\s]|(?<![A-Za-z])[A-Za-z]{3}(?![A-Za-z]))+")
_SUNDAY_AS_SEVEN = re.compile(r"(?<![\d/])7(?!\d)")


class Schedule:
    """Six fields (second, minute, hour, day, month, day of week) or five without the seconds, in UTC.

    As in NCRONTAB, and unlike cron, a day must match both the day of month and the day of week, Sunday is 0
    only, and there are no letters such as ``L`` or ``#``. Raises :class:`HostError` for any other text.
    """

    def __init__(self, expression: str) -> None:
        fields = expression.split()
        if len(fields) not in {5, 6} or not _ALLOWED.fullmatch(expression) or _SUNDAY_AS_SEVEN.search(fields[-1]):
            raise HostError(f"'{expression}' is no NCRONTAB expression of five or six fields.")
        self.expression = expression
        try:
            self.next_after(datetime(2024, 1, 1, tzinfo=UTC))
        except CroniterBadDateError:
            raise HostError(f"'{expression}' never occurs.") from None
        except CroniterError as error:
            raise HostError(f"'{expression}' is no NCRONTAB expression: {error}.") from None

    def next_after(self, moment: datetime) -> datetime:
        """Return the first occurrence after ``moment``."""
        return next(self._occurrences(moment))

    def is_frequent(self, moment: datetime) -> bool:
        """Tell whether it occurs more often than once a minute."""
        upcoming = islice(self._occurrences(moment), 5)
        return any(later - earlier < timedelta(minutes=1) for earlier, later in pairwise(upcoming))

    def _occurrences(self, moment: datetime) -> Iterator[datetime]:
        occurrences: Iterator[datetime] = croniter(
            self.expression, moment, ret_type=datetime, second_at_beginning=True, day_or=False
        )
        return occurrences
