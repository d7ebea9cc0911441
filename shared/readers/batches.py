"""Reads a file that feeds one table batch by batch, in memory that does not grow with the file."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from shared.domain.shards import Part as ShardPart
from shared.readers.delimited import as_text, numbered_rows, sniff_layout
from shared.readers.encoding import encoding_in
from shared.readers.formats import taken_by
from shared.readers.json_shards import read_sharded, sharded_lines
from shared.readers.sniff import Kind
from shared.readers.table_head import plain_head, with_mandatory
from shared.readers.tabular import batches_of
from shared.readers.workbook import sheet_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from shared.contracts.model import Contract
    from shared.contracts.table import Table
    from shared.readers.archives import Part


def read_batches(
    part: Part, stream: BinaryIO, contract: Contract, table: Table, number: int
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a file as :func:`~shared.readers.read.read_part` returns them.

    ``stream`` is all of the file, and can be read in any order. Raises
    :class:`~shared.errors.UnreadableFileError` when the file cannot be read as what its table takes, and
    :class:`~shared.readers.json_shards.NotShardableError` for JSON that is to be read whole.
    """
    kind, filename = taken_by(contract, table, part), part.filename
    if kind is Kind.JSON:
        lines = sharded_lines(part.head, stream, filename, number)
        found = read_sharded(lines, contract, {number: ShardPart(filename, table.name)})
        yield from with_mandatory((rows for _, rows in found), table, filename)
    elif kind is Kind.WORKBOOK:
        yield from batches_of(
            sheet_rows(stream, table, filename), plain_head(len(table.columns)), table, filename, number
        )
    else:
        layout, encoding = sniff_layout(part.head, table, filename), encoding_in(stream)
        stream.seek(0)
        rows = numbered_rows(as_text(stream, encoding), layout.delimiter, filename)
        yield from batches_of(islice(rows, layout.head.rows, None), layout.head, table, filename, number)
