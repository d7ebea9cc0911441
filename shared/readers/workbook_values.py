"""What a cell of a workbook holds, as text in the form that its column expects."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from shared.readers.json_numbers import plain_decimal

if TYPE_CHECKING:
    from shared.contracts.column import Column

Value = int | float | str | bool | time | date | datetime | timedelta

_MOMENTS = frozenset({"date", "timestamp"})
_DAYS = {"iso": "%Y-%m-%d", "iso-z": "%Y-%m-%d", "iso-slash": "%Y/%m/%d", "us": "%m/%d/%Y"}
_FIRST_DAY = datetime(1899, 12, 30)
_FIRST_DAY_ON_MAC = datetime(1904, 1, 1)
#: Before March 1900 Excel counts a day that never was.
_FIRST_SURE_DAY = 61
_MILLISECONDS_A_DAY = 86_400_000


def cell_text(value: Value, column: Column, *, from_1904: bool = False) -> str | None:
    """Return a cell's value as text, None where it is blank.

    A number is written out, a whole one without decimal point, as Excel shows it. A date, or a number in a column of
    dates (counted in days, in some workbooks ``from_1904``), is written in the column's first format, ISO if allowed.
    """
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        if column.type in _MOMENTS and value >= _FIRST_SURE_DAY:
            # A number that leads beyond the year 9999 counts no days.
            with suppress(OverflowError):
                return _moment(_counted(value, from_1904=from_1904), column)
        return plain_decimal(repr(value)).removesuffix(".0")
    if isinstance(value, date):
        return _moment(value, column)
    return _hours(value) if isinstance(value, timedelta) else value.isoformat()


def _counted(days: float, *, from_1904: bool) -> datetime:
    """Return the moment so many days after a workbook's first; a fraction of a day is good for milliseconds."""
    first = _FIRST_DAY_ON_MAC if from_1904 else _FIRST_DAY
    return first + timedelta(milliseconds=round(days * _MILLISECONDS_A_DAY))


def _moment(value: date, column: Column) -> str:
    form = "iso" if "iso" in column.formats else column.formats[0]
    day, clock = value.strftime(_DAYS[form]), value.time() if isinstance(value, datetime) else time()
    if form == "iso-z":
        return f"{day}T{clock.isoformat()}Z"
    return f"{day}T{clock.isoformat()}" if clock != time() else day


def _hours(value: timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
