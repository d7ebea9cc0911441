"""Finds JSON objects again in the file that they came from, with all the fields that their senders wrote."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from shared.readers.json_faults import rescued, sound_records
from shared.readers.json_records import raw_records

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from shared.contracts.table import Table


class Nested(str):
    """The JSON text of a list or an object that stands where one value should."""

    __slots__ = ()


def original_records(data: bytes, filename: str, wanted: Collection[int]) -> dict[int, Any]:
    """Return the records of these numbers; None stands for one that is no JSON, and numbers are texts."""
    raw = raw_records(data, filename)
    if raw is None:
        sound = enumerate(sound_records(data, filename), 1)
        return {number: record for number, record in sound if number in wanted}
    return {number: _parsed(bytes(text)) for number, text in enumerate(raw, 1) if number in wanted}


def original_objects(
    records: Mapping[int, Any], table: Table, *, flat: bool
) -> tuple[tuple[str, ...], dict[int, tuple[str | None, ...]]]:
    """Return the fields of a table's objects in some records, and by number a cell for each field.

    Fields come in the order in which they are first met, then those of the contract that none of the objects has. What
    is no object has no cells. ``flat`` records are themselves the objects.
    """
    objects = {number: _object(record, table, flat=flat) for number, record in records.items()}
    fields = dict.fromkeys(name for found in objects.values() for name in found)
    for name, column in table.columns.items():
        known = column.names or (name,)
        if fields.keys().isdisjoint(known):
            fields[known[0]] = None
    cells = {
        number: tuple(_text(found.get(field)) for field in fields) if found else () for number, found in objects.items()
    }
    return tuple(fields), cells


def _parsed(text: bytes) -> Any:
    try:
        return rescued(text)
    except (ValueError, RecursionError):
        return None


def _object(record: Any, table: Table, *, flat: bool) -> dict[str, Any]:
    found = record.get(table.path) if isinstance(record, dict) and not flat else record
    return found if isinstance(found, dict) else {}


def _text(value: Any) -> str | None:
    """Return a value as text, as the readers of JSON do."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return Nested(json.dumps(value, ensure_ascii=False))
