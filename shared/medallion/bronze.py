"""Bronze: the bytes as they were sent become rows of text, each knowing its file and its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from shared.readers.read import read_file
from shared.readers.rows import schema_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.contracts.model import Contract


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a job: its name as sent, its bytes, and the table that it feeds.

    The table is None where the file feeds all of its dataset, or is an archive of files that say themselves which.
    """

    filename: str
    data: bytes
    table: str | None = None


def read(contract: Contract, files: Sequence[SourceFile]) -> dict[str, pa.Table]:
    """Return the rows of every table of the contract, in the order of the files; one that no file feeds has none.

    Raises :class:`~shared.errors.UnreadableFileError` when a file as a whole cannot be read.
    """
    parts = {table.name: [schema_of(table).empty_table()] for table in contract.tables}
    for number, file in enumerate(files):
        for name, rows in read_file(file.data, contract, file.table, file.filename, number).items():
            parts[name].append(rows)
    return {name: pa.concat_tables(tables) for name, tables in parts.items()}
