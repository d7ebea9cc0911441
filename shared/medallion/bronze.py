"""Bronze: the bytes as they were sent become rows of text, each knowing its file and its place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa

from shared.datasets.extraction import Extracted
from shared.readers.formats import is_own
from shared.readers.read import numbered_parts, read_file, read_part
from shared.readers.schema import schema_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from shared.contracts.model import Contract
    from shared.datasets.catalogue import Dataset
    from shared.readers.archives import Part


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
    """Do the same, by the dataset's own reader where it is for a file, and return what that says as well.

    Raises what :func:`read` does.
    """
    found = [read_one(dataset, part, file.table, number) for file, number, part in _parts(files)]
    return Extracted(
        tables=_joined((one.tables for one in found), _no_rows(dataset.contract)),
        findings=_joined((one.findings for one in found), {}),
        reconciliation=tuple(figure for one in found for figure in one.reconciliation),
    )


def _parts(files: Sequence[SourceFile]) -> Iterator[tuple[SourceFile, int, Part]]:
    for file_no, file in enumerate(files):
        for number, part in numbered_parts(file.data, file.filename, file_no):
            yield file, number, part


def read_one(dataset: Dataset, part: Part, table_name: str | None, number: int) -> Extracted:
    """Return what a single file holds; ``number`` is the one by which the readers know it.

    Raises what :func:`read` does.
    """
    reader = dataset.own_reader
    if reader is None or not is_own(dataset.contract, part):
        tables = read_part(part, dataset.contract, table_name, number)
        return Extracted(tables) if dataset.completion is None else dataset.completion(tables)
    found = reader(part.stream.read(), part.filename, number)
    stated = tuple(replace(figure, file=part.filename) for figure in found.reconciliation)
    return replace(found, reconciliation=stated)


def _no_rows(contract: Contract) -> dict[str, pa.Table]:
    return {table.name: schema_of(table).empty_table() for table in contract.tables}


def _joined(parts: Iterable[Mapping[str, pa.Table]], first: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """Return the tables of all parts by name, those of each in the order of the parts."""
    tables = {name: [table] for name, table in first.items()}
    for part in parts:
        for name, table in part.items():
            tables.setdefault(name, []).append(table)
    return {name: pa.concat_tables(found) for name, found in tables.items()}
