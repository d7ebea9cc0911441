"""Reads JSON that the fast parser refused: to save what is sound, or to say at which place it breaks."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Never

from shared.errors import UnreadableFileError
from shared.readers.json_numbers import plain_decimal

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLANK = re.compile(r"[ \t\r\n]*")
_HALF_A_PAIR = re.compile(r"[\ud800-\udfff]")


def rescued(record: bytes) -> Any:
    """Return a single record that the fast parser refused; raises ``ValueError`` when it is no JSON indeed.

    Numbers of any length are kept as text. A half of a surrogate pair, which no database can store, becomes a NUL
    character, which no database can store either: the checks find it in its cell, and only that cell's row is rejected.
    """
    return _storable(_decoder().decode(record.decode()))


def sound_records(data: bytes, filename: str) -> Iterator[Any]:
    """Yield the records of a JSON array, each as :func:`rescued` returns it.

    Raises :class:`UnreadableFileError` with record, line and column at the first place where the array breaks.
    """
    text = data.decode("utf-8-sig")
    decoder = _decoder()
    position, row = _after(text, text.index("[") + 1), 1
    while not (row == 1 and text.startswith("]", position)):
        try:
            record, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            _refuse(text, getattr(error, "pos", position), filename, row, _reason(error))
        yield _storable(record)
        position = _after(text, position)
        if text.startswith("]", position):
            break
        if not text.startswith(",", position):
            _refuse(text, position, filename, row, "a comma or the end of the array is expected")
        position, row = _after(text, position + 1), row + 1
    end = _after(text, position + 1)
    if end < len(text):
        _refuse(text, end, filename, row, "the file goes on after its array has ended")


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(parse_int=str, parse_float=plain_decimal, parse_constant=_refuse_constant)


def _after(text: str, position: int) -> int:
    blank = _BLANK.match(text, position)
    return blank.end() if blank else position


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _HALF_A_PAIR.sub("\x00", value)
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(item) for name, item in value.items()}
    return value


def _refuse_constant(name: str) -> Never:
    raise ValueError(f"{name} is no JSON number")


def _reason(error: ValueError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, json.JSONDecodeError):
        return error.msg[0].lower() + error.msg[1:].removesuffix(" at")
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
