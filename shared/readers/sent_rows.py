"""Reads the rows of a delimited file as they were sent, each with the names that stand above it, whatever they are."""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from shared.readers.delimited import as_text, numbered_rows, sniff_layout
from shared.readers.encoding import encoding_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shared.contracts.table import Table
    from shared.readers.archives import Part


@dataclass(frozen=True, slots=True)
class SentRows:
    """The rows of a file, each cell by its name, and the names under which the contract knows identifiers.

    A row that cannot be told apart into cells has none.
    """

    rows: Iterator[dict[str, str]]
    identifiers: frozenset[str]


def sent_rows(part: Part, table: Table) -> SentRows:
    """Return the rows of a delimited file that feeds a table; secrets are left out.

    A cell without a name, or beyond the header, has its number as one, from 1; a name that stands there already has its
    own added. Raises :class:`~shared.errors.UnreadableFileError`, on the way too, for what cannot be read.
    """
    layout, data = sniff_layout(part.head, table, part.filename), part.stream.read()
    rows = numbered_rows(as_text(io.BytesIO(data), encoding_of(data)), layout.delimiter, part.filename)
    above = list(islice(rows, layout.head.rows))
    names = _names(above[-1][1] or () if above else table.columns)
    places = dict(zip(table.columns.values(), layout.head.places, strict=True))
    secret = {place for column, taken in places.items() if column.pii == "secret" for place in taken}
    known = {place for column, taken in places.items() if column.pii == "identifier" for place in taken}
    return SentRows(
        (_named(cells or (), names, secret) for _, cells in rows),
        frozenset(names[place] for place in known if place < len(names)),
    )


def _names(header: Iterable[str]) -> list[str]:
    names: list[str] = []
    for number, cell in enumerate(header, 1):
        name = cell.strip() or str(number)
        names.append(f"{name} ({number})" if name in names else name)
    return names


def _named(cells: Sequence[str], names: Sequence[str], secret: set[int]) -> dict[str, str]:
    numbered = ((names[place] if place < len(names) else str(place + 1), place) for place in range(len(cells)))
    return {name: cells[place] for name, place in numbered if place not in secret}
