"""Spans of time as Data Factory writes them: ``[days.]hours:minutes:seconds``."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from devkit.adf.errors import AdfError

_FORM = re.compile(r"(?:(?P<days>\d+)\.)?(?P<hours>\d{1,2}):(?P<minutes>[0-5]?\d)(?::(?P<seconds>[0-5]?\d(?:\.\d+)?))?")


def parse_timespan(value: Any) -> timedelta:
    """Return the span that a text such as ``0.00:10:00`` means; raises :class:`AdfError` for any other value."""
    found = _FORM.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise AdfError("A time span is written as [days.]hours:minutes:seconds, such as 0.12:00:00.")
    return timedelta(**{unit: float(number) for unit, number in found.groupdict().items() if number})
