"""What the parser is told of a dataset's records, so that it makes of each just the rows that the tables take."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec

from shared.readers.json_numbers import plain_decimal
from shared.readers.rows import OBJECT_FAULT, RECORD_FAULT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from shared.contracts.table import Table

#: An object as the parser makes it; None where a record has none, the fault where there is something else.
Row = msgspec.Struct | str | None


class RowShape:
    """The values that tables take of one object."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._names = list(dict.fromkeys(name for table in tables for names in _names(table) for name in names))
        self.type = _struct("Row", dict.fromkeys(self._names, Any))

    def row(self, found: Any) -> Row:
        """Return the row of a value that a tolerant parser found."""
        if found is None:
            return None
        return self.type(*map(found.get, self._names)) if isinstance(found, dict) else OBJECT_FAULT

    def columns(self, rows: Iterable[msgspec.Struct], table: Table) -> list[Sequence[Any]]:
        """Turn rows into one sequence of values a column; a column's first name that has a value wins."""
        values: list[Sequence[Any]] = list(zip(*map(msgspec.structs.astuple, rows), strict=True))
        by_name = dict(zip(self._names, values or [()] * len(self._names), strict=True))
        return [_first_values([by_name[name] for name in names]) for names in _names(table)]


class RecordShape:
    """The objects of a record that tables take their rows from, each table under its path.

    ``flat``: the record is itself the object of the only table.
    """

    def __init__(self, tables: Sequence[Table], *, flat: bool = False) -> None:
        self._paths = list(dict.fromkeys(table.path for table in tables))
        self._rows = {path: RowShape([table for table in tables if table.path == path]) for path in self._paths}
        self._type = _struct("Record", {path: shape.type | None for path, shape in self._rows.items()})
        self._picks = dict(zip(self._paths, map(attrgetter, self._type.__struct_fields__), strict=True))
        self._decode = msgspec.json.Decoder(self._type, float_hook=plain_decimal).decode
        self._flat, self._name = flat, msgspec.json.encode(self._paths[0])

    def decode(self, raw: bytes | msgspec.Raw) -> Any:
        """Return a record; raises ``msgspec.DecodeError`` when it or an object in it is none, or no JSON."""
        return self._decode(b"".join((b"{", self._name, b":", raw, b"}")) if self._flat else raw)

    def record(self, found: Any) -> Any:
        """Return the record of a value that a tolerant parser found."""
        if not isinstance(found, dict):
            return self.lost(RECORD_FAULT)
        objects = {self._paths[0]: found} if self._flat else found
        return self._type(*(shape.row(objects.get(path)) for path, shape in self._rows.items()))

    def lost(self, fault: str) -> Any:
        """Return what stands for a record that is none: a fault in the first table."""
        return self._type(fault)

    def rows_of(self, table: Table, records: Iterable[Any]) -> Iterator[Row]:
        """Yield a table's row of each record."""
        return map(self._picks[table.path], records)

    def shape_of(self, table: Table) -> RowShape:
        """Return what rows of a table look like."""
        return self._rows[table.path]


def _struct(name: str, fields: Mapping[str, Any]) -> Any:
    """Return a type with these fields, all of which may be missing; their names may be any text."""
    plain = [f"field_{place}" for place in range(len(fields))]
    optional = [(field, kind, None) for field, kind in zip(plain, fields.values(), strict=True)]
    return msgspec.defstruct(name, optional, rename=dict(zip(plain, fields, strict=True)), gc=False)


def _names(table: Table) -> list[tuple[str, ...]]:
    """Return the names that each column of a table may have in a file."""
    return [column.names or (name,) for name, column in table.columns.items()]


def _first_values(columns: Sequence[Sequence[Any]]) -> Sequence[Any]:
    first, *others = columns
    for other in others:
        first = [value if value is not None else spare for value, spare in zip(first, other, strict=True)]
    return first
