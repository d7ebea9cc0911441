"""Bronze: the bytes as they were sent become rows of text, each knowing its file and its place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa

from shared.datasets.extraction import Extracted
from shared.readers.read import read_file
from shared.readers.rows import number_of_part
from shared.readers.schema import schema_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shared.contracts.model import Contract
    from shared.datasets.catalogue import Dataset


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
    usual = (read_file(file.data, contract, file.table, file.filename, no) for no, file in enumerate(files))
    return _joined(usual, _no_rows(contract))


def read_dataset(dataset: Dataset, files: Sequence[SourceFile]) -> Extracted:
    """Do the same, with the dataset's own reader where it has one that knows a file, and return what that says as well.

    Raises what :func:`read` does.
    """
    contract, own_reader = dataset.contract, dataset.own_reader
    parts = []
    for number, file in enumerate(files):
        part = own_reader(file.data, file.filename, number_of_part(number, 0)) if own_reader else None
        if part is None:
            part = Extracted(read_file(file.data, contract, file.table, file.filename, number))
        stated = tuple(replace(figure, file=file.filename) for figure in part.reconciliation)
        parts.append(replace(part, reconciliation=stated))
    return Extracted(
        tables=_joined((part.tables for part in parts), _no_rows(contract)),
        findings=_joined((part.findings for part in parts), {}),
        reconciliation=tuple(figure for part in parts for figure in part.reconciliation),
    )


def _no_rows(contract: Contract) -> dict[str, pa.Table]:
    return {table.name: schema_of(table).empty_table() for table in contract.tables}


def _joined(parts: Iterable[Mapping[str, pa.Table]], first: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """Return the tables of all parts by name, those of each in the order of the parts."""
    tables = {name: [table] for name, table in first.items()}
    for part in parts:
        for name, table in part.items():
            tables.setdefault(name, []).append(table)
    return {name: pa.concat_tables(found) for name, found in tables.items()}
