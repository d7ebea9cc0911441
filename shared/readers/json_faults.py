"""Reads an array that the fast parser refused, record by record, to say where it breaks, or to save what is sound."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Never

from shared.errors import UnreadableFileError

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLANK = re.compile(r"[ \t\r\n]*")


def sound_records(data: bytes, filename: str) -> Iterator[Any]:
    """Yield the records of a JSON array, None in place of one whose text is broken though its outline is not.

    That is half of a surrogate pair, which no database can store. Raises :class:`UnreadableFileError` with record,
    line and column at the first place where the outline itself breaks.
    """
    text = data.decode("utf-8-sig")
    decoder = json.JSONDecoder(parse_float=str, parse_constant=_refuse_constant)
    position, row = _after(text, text.index("[") + 1), 1
    while not (row == 1 and text.startswith("]", position)):
        try:
            record, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            _refuse(text, getattr(error, "pos", position), filename, row, _reason(error))
        yield record if _is_storable(record) else None
        position = _after(text, position)
        if text.startswith("]", position):
            break
        if not text.startswith(",", position):
            _refuse(text, position, filename, row, "a comma or the end of the array is expected")
        position, row = _after(text, position + 1), row + 1
    end = _after(text, position + 1)
    if end < len(text):
        _refuse(text, end, filename, row, "the file goes on after its array has ended")


def _after(text: str, position: int) -> int:
    blank = _BLANK.match(text, position)
    return blank.end() if blank else position


def _is_storable(record: Any) -> bool:
    try:
        json.dumps(record, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse_constant(name: str) -> Never:
    raise ValueError(f"{name} is no JSON number")


def _reason(error: ValueError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, json.JSONDecodeError):
        return error.msg[0].lower() + error.msg[1:]
    return str(error)


def _refuse(text: str, position: int, filename: str, row: int, reason: str) -> Never:
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    raise UnreadableFileError(
        f"{filename} is not valid JSON in record {row:,}, line {line:,}, column {column:,}: {reason}.",
        code="malformed_json",
        file=filename,
        row=row,
        line=line,
        column=column,
    )
