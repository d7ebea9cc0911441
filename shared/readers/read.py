"""Reads a file of any kind into frames of text columns, one frame a table."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pyarrow as pa

from shared.readers.archives import seekable, unpacked
from shared.readers.batches import read_batches
from shared.readers.feeds import table_of_part
from shared.readers.formats import taken_by
from shared.readers.json_records import read_json_records
from shared.readers.rows import number_of_part
from shared.readers.schema import schema_of
from shared.readers.sniff import Kind
from shared.readers.table_head import with_mandatory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.contracts.model import Contract
    from shared.readers.archives import Part

#: What an archive may unpack to when it is read into memory, other than when its records are counted.
MAX_BYTES_IN_MEMORY = 500_000_000


def read_file(
    data: bytes, contract: Contract, table_name: str | None, filename: str, file_no: int
) -> dict[str, pa.Table]:
    """Return the rows of each table that a file, or the files of an archive, feed.

    Columns: the contract's, as text, then ``_faults``, ``_file``, ``_row_no`` (what a person counts: the record in
    JSON, the line on which it begins in delimited text, the row in a sheet, each from 1) and ``_seq`` (the row's place
    in the job). ``table_name`` is the table that the file feeds, None where it feeds all of its dataset, or is an
    archive of files that say themselves which. ``file_no`` counts the job's files from 0. Raises
    :class:`~shared.errors.UnreadableFileError` when a file as a whole cannot be read as what its table takes.
    """
    frames: dict[str, list[pa.Table]] = {}
    for number, part in numbered_parts(data, filename, file_no):
        for name, frame in read_part(part, contract, table_name, number).items():
            frames.setdefault(name, []).append(frame)
    return {name: pa.concat_tables(parts) for name, parts in frames.items()}


def numbered_parts(data: bytes, filename: str, file_no: int) -> Iterator[tuple[int, Part]]:
    """Yield a file, or those of an archive, with the number by which the readers know it.

    Raises :class:`~shared.errors.UnreadableFileError` for an archive that cannot be unpacked into memory.
    """
    for place, part in enumerate(unpacked(io.BytesIO(data), filename, MAX_BYTES_IN_MEMORY)):
        yield number_of_part(file_no, place), part


def read_part(part: Part, contract: Contract, table_name: str | None, number: int) -> dict[str, pa.Table]:
    """Return the rows of each table that a single file feeds; see :func:`read_file`."""
    table = table_of_part(contract, table_name, part)
    kind, filename = taken_by(contract, table, part), part.filename
    if table is None:
        return read_json_records(part.stream.read(), contract.tables, filename, number)
    if kind is Kind.JSON:
        rows = read_json_records(part.stream.read(), [table], filename, number, flat=True)[table.name]
        batches = with_mandatory(rows.to_batches(), table, filename)
    else:
        with seekable(part.stream) as stream:
            batches = iter(list(read_batches(part, stream, contract, table, number)))
    # In one piece, since every later step takes its time for each piece.
    return {table.name: pa.Table.from_batches(batches, schema_of(table)).combine_chunks()}
