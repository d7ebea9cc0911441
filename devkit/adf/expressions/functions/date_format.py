"""Moments as text, in the format strings of .NET; and text as moments."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from devkit.adf.expressions.values import ValueKindError

if TYPE_CHECKING:
    from collections.abc import Callable

#: How moments are written when nothing else is asked for.
ROUND_TRIP = "o"
_ISO = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})(?:[T ](?P<time>\d{2}:\d{2}(?::\d{2})?)(?:\.(?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_OTHER_FORMS = ("%m/%d/%Y", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%a, %d %b %Y %H:%M:%S GMT")
#: Formats of one letter, as they are written out (in English, without a culture).
_STANDARD = {
    "d": "MM/dd/yyyy",
    "D": "dddd, dd MMMM yyyy",
    "f": "dddd, dd MMMM yyyy HH:mm",
    "F": "dddd, dd MMMM yyyy HH:mm:ss",
    "g": "MM/dd/yyyy HH:mm",
    "G": "MM/dd/yyyy HH:mm:ss",
    "m": "MMMM dd",
    "M": "MMMM dd",
    "o": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "O": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "r": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "R": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "s": "yyyy-MM-ddTHH:mm:ss",
    "t": "HH:mm",
    "T": "HH:mm:ss",
    "u": "yyyy-MM-dd HH:mm:ss'Z'",
    "U": "dddd, dd MMMM yyyy HH:mm:ss",
    "y": "yyyy MMMM",
    "Y": "yyyy MMMM",
}
_PIECES = re.compile(
    r"'(?P<single>[^']*)'|\"(?P<double>[^\"]*)\"|\\(?P<escaped>.)|%(?=[a-zA-Z])|(?P<letters>(?P<letter>[a-zA-Z])(?P=letter)*)|(?P<other>.)",
    re.DOTALL,
)


def _zone(moment: datetime) -> str:
    offset = moment.utcoffset()
    if offset is None:
        return ""
    if offset == timedelta(0):
        return "Z"
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


_TEXT: dict[str, Callable[[datetime], str]] = {
    "d": lambda moment: str(moment.day),
    "dd": lambda moment: f"{moment.day:02}",
    "ddd": lambda moment: moment.strftime("%a"),
    "dddd": lambda moment: moment.strftime("%A"),
    "M": lambda moment: str(moment.month),
    "MM": lambda moment: f"{moment.month:02}",
    "MMM": lambda moment: moment.strftime("%b"),
    "MMMM": lambda moment: moment.strftime("%B"),
    "y": lambda moment: str(moment.year % 100),
    "yy": lambda moment: f"{moment.year % 100:02}",
    "yyyy": lambda moment: f"{moment.year:04}",
    "h": lambda moment: str(moment.hour % 12 or 12),
    "hh": lambda moment: f"{moment.hour % 12 or 12:02}",
    "H": lambda moment: str(moment.hour),
    "HH": lambda moment: f"{moment.hour:02}",
    "m": lambda moment: str(moment.minute),
    "mm": lambda moment: f"{moment.minute:02}",
    "s": lambda moment: str(moment.second),
    "ss": lambda moment: f"{moment.second:02}",
    "t": lambda moment: moment.strftime("%p")[:1],
    "tt": lambda moment: moment.strftime("%p"),
    "K": _zone,
    "zzz": lambda moment: _zone(moment).replace("Z", "+00:00"),
}


def parse_moment(text: str) -> datetime:
    """Return the moment that a text names, UTC when it names no zone.

    Digits of a second beyond the sixth are dropped. Raises :class:`ValueKindError` for any other text.
    """
    found = _ISO.fullmatch(text.strip())
    try:
        if found:
            time = found["time"] or "00:00"
            fraction = (found["fraction"] or "0")[:6].ljust(6, "0")
            zone = (found["zone"] or "Z").upper().replace("Z", "+00:00")
            seconds = "" if time.count(":") == 2 else ":00"
            return datetime.fromisoformat(f"{found['date']}T{time}{seconds}.{fraction}{zone}")
    except ValueError:
        raise ValueKindError("The text has the form of a date and time, but there is none such.") from None
    for form in _OTHER_FORMS:
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise ValueKindError("The text is no date and time.")


def format_moment(moment: datetime, form: str) -> str:
    """Return a moment as text; raises :class:`ValueKindError` for letters that mean nothing in a format."""
    written_out = _STANDARD.get(form, form) if len(form) == 1 else form
    if len(written_out) < 2:
        raise ValueKindError(f"'{form}' is no format of one letter.")
    return "".join(_piece(piece, moment) for piece in _PIECES.finditer(written_out))


def _piece(piece: re.Match[str], moment: datetime) -> str:
    for literal in ("single", "double", "escaped", "other"):
        if piece[literal] is not None:
            return piece[literal]
    letters = piece["letters"] or ""
    if letters[:1] in {"f", "F"} and len(letters) <= 7:
        fraction = f"{moment.microsecond:06}0"[: len(letters)]
        return fraction if letters[0] == "f" else fraction.rstrip("0")
    if not letters:
        return ""
    if letters not in _TEXT:
        if set(letters) <= set("dMyhHmst") or len(letters) > 1:
            raise ValueKindError(f"'{letters}' has no meaning in a format of dates and times.")
        return letters
    return _TEXT[letters](moment)
