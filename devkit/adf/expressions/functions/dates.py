"""Functions of moments, which are texts. ``utcNow`` and its kin are of a scope, since they ask its clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from devkit.adf.expressions.functions.date_format import ROUND_TRIP, format_moment, parse_moment
from devkit.adf.expressions.functions.function import Library
from devkit.adf.expressions.values import ValueKindError, as_text, to_number, to_whole_number
from devkit.adf.timezones import zone_of

if TYPE_CHECKING:
    from collections.abc import Callable

LIBRARY = Library()
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 7 * 86_400}
_MONTHS = {"month": 1, "year": 12}
_FIRST_TICK = datetime(1, 1, 1, tzinfo=UTC)


def clock_functions(now: Callable[[], datetime]) -> dict[str, Callable[..., Any]]:
    """Return the functions that ask what time it is."""

    def utc_now(form: Any = ROUND_TRIP) -> str:
        return _shown(now(), form)

    def get_future_time(interval: Any, unit: Any, form: Any = ROUND_TRIP) -> str:
        return _shown(_moved(now(), to_whole_number(interval), unit), form)

    def get_past_time(interval: Any, unit: Any, form: Any = ROUND_TRIP) -> str:
        return _shown(_moved(now(), -to_whole_number(interval), unit), form)

    return {"utcNow": utc_now, "getFutureTime": get_future_time, "getPastTime": get_past_time}


@LIBRARY.add("addDays")
def _add_days(moment: Any, days: Any, form: Any = ROUND_TRIP) -> str:
    return _later(moment, to_number(days) * _UNITS["day"], form)


@LIBRARY.add("addHours")
def _add_hours(moment: Any, hours: Any, form: Any = ROUND_TRIP) -> str:
    return _later(moment, to_number(hours) * _UNITS["hour"], form)


@LIBRARY.add("addMinutes")
def _add_minutes(moment: Any, minutes: Any, form: Any = ROUND_TRIP) -> str:
    return _later(moment, to_number(minutes) * _UNITS["minute"], form)


@LIBRARY.add("addSeconds")
def _add_seconds(moment: Any, seconds: Any, form: Any = ROUND_TRIP) -> str:
    return _later(moment, to_number(seconds), form)


@LIBRARY.add("addToTime")
def _add_to_time(moment: Any, interval: Any, unit: Any, form: Any = ROUND_TRIP) -> str:
    return _shown(_moved(_moment(moment), to_whole_number(interval), unit), form)


@LIBRARY.add("subtractFromTime")
def _subtract_from_time(moment: Any, interval: Any, unit: Any, form: Any = ROUND_TRIP) -> str:
    return _shown(_moved(_moment(moment), -to_whole_number(interval), unit), form)


@LIBRARY.add("formatDateTime")
def _format_date_time(moment: Any, form: Any = ROUND_TRIP) -> str:
    return _shown(_moment(moment), form)


@LIBRARY.add("startOfDay")
def _start_of_day(moment: Any, form: Any = ROUND_TRIP) -> str:
    return _shown(_moment(moment).replace(hour=0, minute=0, second=0, microsecond=0), form)


@LIBRARY.add("startOfHour")
def _start_of_hour(moment: Any, form: Any = ROUND_TRIP) -> str:
    return _shown(_moment(moment).replace(minute=0, second=0, microsecond=0), form)


@LIBRARY.add("startOfMonth")
def _start_of_month(moment: Any, form: Any = ROUND_TRIP) -> str:
    return _shown(_moment(moment).replace(day=1, hour=0, minute=0, second=0, microsecond=0), form)


@LIBRARY.add("dayOfMonth")
def _day_of_month(moment: Any) -> int:
    return _moment(moment).day


@LIBRARY.add("dayOfWeek")
def _day_of_week(moment: Any) -> int:
    return _moment(moment).isoweekday() % 7


@LIBRARY.add("dayOfYear")
def _day_of_year(moment: Any) -> int:
    return _moment(moment).timetuple().tm_yday


@LIBRARY.add("ticks")
def _ticks(moment: Any) -> int:
    since = _moment(moment).astimezone(UTC) - _FIRST_TICK
    return (since.days * 86_400 + since.seconds) * 10_000_000 + since.microseconds * 10


@LIBRARY.add("convertFromUtc")
def _convert_from_utc(moment: Any, zone: Any, form: Any = ROUND_TRIP) -> str:
    return _convert_time_zone(moment, "UTC", zone, form)


@LIBRARY.add("convertToUtc")
def _convert_to_utc(moment: Any, zone: Any, form: Any = ROUND_TRIP) -> str:
    return _convert_time_zone(moment, zone, "UTC", form)


@LIBRARY.add("convertTimeZone")
def _convert_time_zone(moment: Any, source: Any, target: Any, form: Any = ROUND_TRIP) -> str:
    there = _moment(moment).replace(tzinfo=zone_of(as_text(source)))
    here = there.astimezone(zone_of(as_text(target)))
    # Only UTC is marked as such: what is converted elsewhere carries no offset.
    return _shown(here if target == "UTC" else here.replace(tzinfo=None), form)


def _moment(text: Any) -> datetime:
    return parse_moment(as_text(text))


def _shown(moment: datetime, form: Any) -> str:
    return format_moment(moment, as_text(form) or ROUND_TRIP)


def _later(moment: Any, seconds: float, form: Any) -> str:
    return _shown(_shifted(_moment(moment), seconds), form)


def _moved(moment: datetime, interval: int, unit: Any) -> datetime:
    name = as_text(unit).lower().removesuffix("s")
    if name in _MONTHS:
        return _months_later(moment, interval * _MONTHS[name])
    if name in _UNITS:
        return _shifted(moment, interval * _UNITS[name])
    raise ValueKindError("The unit of an interval is Second, Minute, Hour, Day, Week, Month or Year.")


def _shifted(moment: datetime, seconds: float) -> datetime:
    try:
        return moment + timedelta(seconds=seconds)
    except OverflowError:
        raise ValueKindError("The moment lies beyond the years 1 to 9999.") from None


def _months_later(moment: datetime, months: int) -> datetime:
    years, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    for day in (moment.day, 30, 29, 28):
        try:
            return moment.replace(year=years, month=month + 1, day=day)
        except ValueError:
            continue
    raise ValueKindError("The moment lies beyond the years 1 to 9999.")
