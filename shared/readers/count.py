"""Counts the records of a file of any kind, in one pass and in memory that does not grow with the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO

from shared.readers.archives import unpacked
from shared.readers.delimited import sniff_layout
from shared.readers.delimited_count import count_delimited
from shared.readers.feeds import table_of_part
from shared.readers.formats import is_own, taken_by
from shared.readers.json_count import count_json
from shared.readers.sniff import Kind
from shared.readers.workbook import count_rows

if TYPE_CHECKING:
    from shared.contracts.model import Contract
    from shared.readers.archives import Part


#: Counts the records of a file of a kind that its dataset reads by itself: takes its beginning and all of it.
OwnCount = Callable[[bytes, BinaryIO], int]


def count_records(
    stream: BinaryIO, filename: str, contract: Contract, table: str | None, own: OwnCount | None = None
) -> int:
    """Return the number of records in a file, or in all files of an archive; neither titles nor a header are records.

    ``stream`` is seekable. ``table`` is the one that the file feeds, None where it feeds all of its dataset, or is an
    archive of files that say themselves which. ``own`` counts those that the dataset reads by itself. Raises
    :class:`~shared.errors.UnreadableFileError` when a file as a whole cannot be read as what its table takes.
    """
    return sum(_count(part, contract, table, own) for part in unpacked(stream, filename))


def _count(part: Part, contract: Contract, name: str | None, own: OwnCount | None) -> int:
    if own is not None and is_own(contract, part):
        return own(part.head, part.stream)
    table = table_of_part(contract, name, part)
    kind = taken_by(contract, table, part)
    if kind is Kind.JSON or table is None:
        return count_json(part.head, part.stream, part.filename)
    if kind is Kind.WORKBOOK:
        return count_rows(part.stream, table, part.filename)
    layout = sniff_layout(part.head, table, part.filename)
    return count_delimited(part.head, part.stream, layout.delimiter, part.filename) - layout.head.rows
