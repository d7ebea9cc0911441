"""Shows the cells of single rows as their files have them, without secrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.errors import AppError, UnreadableFileError
from shared.services.job_files import read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shared.contracts.table import Table
    from shared.datasets.catalogue import Dataset
    from shared.domain.job import JobFile
    from shared.domain.manifest import Manifest
    from shared.ports import BlobStore
    from shared.readers.original_rows import OriginalRows
    from shared.services.layout import Layout

#: Larger files are not read again for one row.
_MOST_BYTES = 100_000_000

# The frame libraries are imported when rows are asked for, not on the way to the functions.
# ruff: noqa: PLC0415


@dataclass(frozen=True, slots=True)
class RowPlace:
    """Where a row stands: the name of its file and its number there, and whether it could be told apart into cells."""

    file: str
    row: int
    has_cells: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a row: the contract's column, the file's own name for it (None without a header), and the text."""

    column: str
    label: str
    header: str | None
    value: str | None


@dataclass(frozen=True, slots=True)
class Original:
    """A row as its file has it; without cells ``problem`` says why. ``sheet`` is the one of a workbook."""

    cells: tuple[Cell, ...] | None = None
    sheet: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class OriginalCells:
    """Reads files again."""

    blobs: BlobStore
    layout: Layout

    def of(
        self, account: Manifest, dataset: Dataset, table: Table, rows: Sequence[RowPlace]
    ) -> dict[RowPlace, Original]:
        """Return what the files of a job hold of some rows of a table."""
        found: dict[RowPlace, Original] = {}
        for number, file in self._files(account, table, {row.file for row in rows}):
            try:
                found |= self._in_file(file, number, dataset, table, rows)
            except AppError as error:
                found |= dict.fromkeys(rows, Original(problem=error.message))
        return dict.fromkeys(rows, Original(problem="The row was not found in its file.")) | found

    @staticmethod
    def _files(account: Manifest, table: Table, names: set[str]) -> Iterator[tuple[int, JobFile]]:
        """Yield the files that rows may stand in, by their number: those of their names, else archives."""
        fitting = [(number, file) for number, file in enumerate(account.inputs) if file.table in {None, table.name}]
        named = [(number, file) for number, file in fitting if file.filename in names]
        yield from named or fitting

    def _in_file(
        self, file: JobFile, number: int, dataset: Dataset, table: Table, rows: Sequence[RowPlace]
    ) -> dict[RowPlace, Original]:
        from shared.readers.original_rows import original_rows
        from shared.readers.rows import possible_places

        if (file.size or 0) > _MOST_BYTES:
            raise UnreadableFileError(f"{file.filename} is too large to be read again for one row.")
        wanted = {table.name: {place for row in rows for place in possible_places(number, row.row)}}
        data = read_file(self.blobs, self.layout, file)
        found = original_rows(data, dataset.contract, file.table, file.filename, number, wanted, dataset.own_rows)
        return dict(_shown(table, found, {(row.file, row.row): row for row in rows}))


def _shown(
    table: Table, found: Iterable[OriginalRows], rows: dict[tuple[str, int], RowPlace]
) -> Iterator[tuple[RowPlace, Original]]:
    for original in found:
        for place, cells in original.rows.items():
            row = rows.get((original.filename, original.row_no(place)))
            if row is not None and original.table == table.name:
                yield row, _original(table, original, cells, row)


def _original(table: Table, original: OriginalRows, cells: Sequence[str | None], row: RowPlace) -> Original:
    if not cells or not row.has_cells:
        return Original(problem="Its cells cannot be told apart, so that none is sure to stand in its column.")
    return Original(tuple(_cells(table, original, cells)), original.sheet)


def _cells(table: Table, original: OriginalRows, cells: Sequence[str | None]) -> Iterator[Cell]:
    from shared.quality.shown_cells import HIDDEN

    for name, column in table.columns.items():
        places = original.places.get(name, ())
        taken = next((place for place in places if cells[place]), places[0] if places else None)
        value = cells[taken] if taken is not None else None
        header = original.header[taken] if taken is not None and original.header else None
        yield Cell(name, column.label, header, HIDDEN if value and column.pii == "secret" else value)
