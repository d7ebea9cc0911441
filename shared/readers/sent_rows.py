"""Reads the rows of a delimited file as they were sent, each with the names that stand above it, whatever they are."""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from shared.readers.delimited import as_text, numbered_rows, sniff_layout
from shared.readers.encoding import encoding_of
from shared.readers.table_head import tidy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shared.contracts.table import Table
    from shared.readers.archives import Part


@dataclass(frozen=True, slots=True)
class SentRows:
    """The rows of a file, each with its line and its cells by name, and the names that are known as identifiers.

    A row that cannot be told apart into cells has none.
    """

    rows: Iterator[tuple[int, dict[str, str]]]
    identifiers: frozenset[str]


def sent_rows(part: Part, table: Table) -> SentRows:
    """Return the rows of a delimited file that feeds a table; secrets are left out.

    A cell without a name, or beyond the header, has its number as one, from 1; a name that stands there already has its
    own added. Raises :class:`~shared.errors.UnreadableFileError`, on the way too, for what cannot be read.
    """
    layout, data = sniff_layout(part.head, table, part.filename), part.stream.read()
    rows = numbered_rows(as_text(io.BytesIO(data), encoding_of(data)), layout.delimiter, part.filename)
    above = list(islice(rows, layout.head.rows))
    header = above[-1][1] or [] if above else list(table.columns)
    names = _names(header)
    secrets, identifiers = (_marked(table, pii, header, names) for pii in ("secret", "identifier"))
    return SentRows(((line, _named(cells or (), names, secrets)) for line, cells in rows), identifiers)


def _marked(table: Table, pii: str, header: Iterable[str], names: Iterable[str]) -> frozenset[str]:
    """Return the names of those cells that have a name, whatever else stands there, of a column so marked."""
    columns = ((name, column) for name, column in table.columns.items() if column.pii == pii)
    known = {tidy(one) for name, column in columns for one in column.names or (name,)}
    return frozenset(name for cell, name in zip(header, names, strict=True) if tidy(cell) in known)


def _names(header: Iterable[str]) -> list[str]:
    names: list[str] = []
    for number, cell in enumerate(header, 1):
        name = cell.strip() or str(number)
        names.append(f"{name} ({number})" if name in names else name)
    return names


def _named(cells: Sequence[str], names: Sequence[str], secrets: frozenset[str]) -> dict[str, str]:
    named = ((names[place] if place < len(names) else str(place + 1), cell) for place, cell in enumerate(cells))
    return {name: cell for name, cell in named if name not in secrets}
