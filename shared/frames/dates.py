"""Text to dates and timestamps (UTC, microseconds): only days that exist, in the formats a contract allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_YEAR = r"(?:[0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)"
_LEAP_YEAR = r"[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00"
_MONTH_DAY = (
    r"(?:0[13578]|1[02]){0}(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11){0}(?:0[1-9]|[12][0-9]|30)"
    r"|02{0}(?:0[1-9]|1[0-9]|2[0-8])"
)
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?"
_TIME = rf"(?:[ T]{_CLOCK}Z?)?"
_ISO_DAY = rf"(?:{_YEAR}-(?:{_MONTH_DAY.format('-')})|(?:{_LEAP_YEAR})-02-29)"

_SHAPES = {
    "iso": rf"{_ISO_DAY}{_TIME}",
    "iso-z": rf"{_ISO_DAY}T{_CLOCK}Z",
    "iso-slash": rf"(?:{_YEAR}/(?:{_MONTH_DAY.format('/')})|(?:{_LEAP_YEAR})/02/29){_TIME}",
    "us": rf"(?:(?:{_MONTH_DAY.format('/')})/{_YEAR}|02/29/(?:{_LEAP_YEAR})){_TIME}",
}

#: What each format looks like, for messages to people.
IN_WORDS = {"iso": "2026-01-31", "iso-z": "2026-01-31T08:00:00Z", "iso-slash": "2026/01/31", "us": "01/31/2026"}


def is_date(text: nw.Expr, formats: Sequence[str]) -> nw.Expr:
    """Tell whether text is a day that exists between the years 1 and 9999, with or without a time of day in UTC."""
    return text.str.contains("^(?:" + "|".join(f"(?:{_SHAPES[name]})" for name in formats) + ")$")


def timestamp(text: nw.Expr, formats: Sequence[str]) -> nw.Expr:
    """Return text of the shape :func:`is_date` as Datetime("us"), null where it is not."""
    iso = _as_iso(text, formats).str.strip_chars_end("Z")
    return nw.when(is_date(text, formats)).then(iso).cast(nw.Datetime("us"))


def date(text: nw.Expr, formats: Sequence[str]) -> nw.Expr:
    """Return text of the shape :func:`is_date` as a date, null where it is not; a time of day is left out."""
    return nw.when(is_date(text, formats)).then(_as_iso(text, formats).str.slice(0, 10)).cast(nw.Date())


def _as_iso(text: nw.Expr, formats: Sequence[str]) -> nw.Expr:
    if set(formats) <= {"iso", "iso-z"}:
        return text
    dashed = text.str.replace_all("/", "-", literal=True)
    if "us" not in formats:
        return dashed
    turned = nw.concat_str([dashed.str.slice(6, 4), nw.lit("-"), dashed.str.slice(0, 5), dashed.str.slice(10)])
    return nw.when(text.str.contains("^[0-9]{2}/")).then(turned).otherwise(dashed)


def whole_years(since: nw.Expr, until: datetime) -> nw.Expr:
    """Return the whole years from a date to ``until``, as Int64: an age on that day."""
    birthday = since.dt.month().cast(nw.Int64()) * 100 + since.dt.day().cast(nw.Int64())
    not_yet = (birthday > until.month * 100 + until.day).cast(nw.Int64())
    return (nw.lit(until.year) - since.dt.year().cast(nw.Int64()) - not_yet).cast(nw.Int64())


def date_key(moment: nw.Expr) -> nw.Expr:
    """Return the key of a day in a date dimension: 20260131 for 31 January 2026."""
    year, month = moment.dt.year().cast(nw.Int64()), moment.dt.month().cast(nw.Int64())
    return year * 10_000 + month * 100 + moment.dt.day().cast(nw.Int64())
