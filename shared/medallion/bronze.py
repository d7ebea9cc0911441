"""Bronze: the bytes as they were sent become rows of text, each knowing its file and its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from shared.readers.json_records import read_json_records

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.contracts.model import Contract


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a job: its name as sent, and its bytes."""

    filename: str
    data: bytes


def read(contract: Contract, files: Sequence[SourceFile]) -> dict[str, pa.Table]:
    """Return the rows of every table of the contract, in the order of the files.

    Raises :class:`~shared.errors.UnreadableFileError` when a file as a whole cannot be read.
    """
    parts: dict[str, list[pa.Table]] = {table.name: [] for table in contract.tables}
    for number, file in enumerate(files):
        for name, rows in read_json_records(file.data, contract.tables, file.filename, number).items():
            parts[name].append(rows)
    return {name: pa.concat_tables(tables) for name, tables in parts.items()}
