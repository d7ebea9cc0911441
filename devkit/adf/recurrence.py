"""When a schedule trigger fires."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, product
from typing import TYPE_CHECKING

from devkit.adf.errors import AdfError
from devkit.adf.expressions.functions.date_format import parse_moment
from devkit.adf.timezones import zone_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devkit.adf.factory import Json

_SPANS = {"Minute": timedelta(minutes=1), "Hour": timedelta(hours=1)}
_UNITS = ("Minute", "Hour", "Day", "Week", "Month")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_FINER = {
    "Day": frozenset({"hours", "minutes"}),
    "Week": frozenset({"hours", "minutes", "weekDays"}),
    "Month": frozenset({"hours", "minutes", "monthDays"}),
}


class Recurrence:
    """The moments of a recurrence: every so many minutes, hours, days, weeks or months from its start on.

    Days, weeks and months are those of its time zone, and may say at which hours, minutes and days more precisely.
    Raises :class:`AdfError` for what is not supported here.
    """

    def __init__(self, definition: Json) -> None:
        self._frequency = definition["frequency"]
        self._interval = definition.get("interval", 1)
        self._zone = zone_of(definition.get("timeZone") or "UTC")
        self._schedule: Json = definition.get("schedule") or {}
        self._start = self._moment(definition["startTime"])
        self._end = self._moment(definition["endTime"]) if definition.get("endTime") else None
        if self._frequency not in _UNITS:
            raise AdfError(f"The frequency '{self._frequency}' is none of {', '.join(_UNITS)}.")
        unknown = self._schedule.keys() - _FINER.get(self._frequency, frozenset())
        if unknown:
            raise AdfError(f"A schedule by {', '.join(sorted(unknown))} is not supported by {self._frequency}.")

    def next_after(self, moment: datetime) -> datetime | None:
        """Return the first moment after another one, UTC; None when there is none any more."""
        for upcoming in self._moments(moment):
            if self._end is not None and upcoming > self._end:
                return None
            if upcoming > moment:
                return upcoming.astimezone(UTC)
        return None

    def _moment(self, text: str) -> datetime:
        has_zone = text.rstrip().endswith(("Z", "z")) or "+" in text
        moment = parse_moment(text)
        return moment if has_zone else moment.replace(tzinfo=self._zone)

    def _moments(self, moment: datetime) -> Iterator[datetime]:
        """Yield the moments in order, from one not after ``moment`` on when there is such."""
        if self._frequency in _SPANS:
            span = _SPANS[self._frequency] * self._interval
            passed = max((moment - self._start) // span, 0)
            for number in count(passed):
                yield self._start + number * span
        start = self._start.astimezone(self._zone)
        for day in self._days(start.date(), moment.astimezone(self._zone).date()):
            for hour, minute in product(
                sorted(self._schedule.get("hours") or [start.hour]),
                sorted(self._schedule.get("minutes") or [start.minute]),
            ):
                at = datetime.combine(day, time(hour, minute, start.second), self._zone)
                if at >= self._start:
                    yield at

    def _days(self, start: date, near: date) -> Iterator[date]:
        if self._frequency == "Day":
            passed = max((near - start).days // self._interval - 1, 0)
            for number in count(passed):
                yield start + timedelta(days=number * self._interval)
        elif self._frequency == "Week":
            yield from self._days_of_weeks(start, near)
        else:
            yield from self._days_of_months(start)

    def _days_of_weeks(self, start: date, near: date) -> Iterator[date]:
        wanted = self._schedule.get("weekDays") or [_WEEKDAYS[start.weekday()]]
        numbers = sorted(_WEEKDAYS.index(name) for name in wanted)
        monday = start - timedelta(days=start.weekday())
        passed = max((near - monday).days // 7 // self._interval - 1, 0)
        for number in count(passed):
            week = monday + timedelta(weeks=number * self._interval)
            yield from (week + timedelta(days=each) for each in numbers)

    def _days_of_months(self, start: date) -> Iterator[date]:
        wanted = self._schedule.get("monthDays") or [start.day]
        for number in count():
            years, month = divmod(start.month - 1 + number * self._interval, 12)
            year, month = start.year + years, month + 1
            length = calendar.monthrange(year, month)[1]
            # Negative days are counted from the month's end.
            days = {day if day > 0 else length + 1 + day for day in wanted}
            yield from (date(year, month, day) for day in sorted(days) if 1 <= day <= length)


class Every:
    """A moment every so many seconds, in place of a recurrence that would take too long to wait for."""

    def __init__(self, seconds: float) -> None:
        self._span = timedelta(seconds=seconds)

    def next_after(self, moment: datetime) -> datetime | None:
        """Return the moment that many seconds later."""
        return moment + self._span
