"""Reads a rejection workbook that comes back: which row is which, and what its cells hold now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO
from zipfile import is_zipfile

from shared.errors import AppError, ConflictError
from shared.quality.rejected_sheets import showable
from shared.quality.rejection_workbook import HIDDEN_COLUMNS, JOB
from shared.readers.workbook import whole_sheets

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from shared.readers.workbook_values import Value

_HEADER_WITHIN_ROWS = 30


class CorrectionsError(AppError):
    """A workbook does not say clearly which rows were corrected, and how."""

    code = "unclear_corrections"
    status = 422
    advice = "Fetch the rejection workbook again, correct its cells, and leave its columns and hidden columns alone."


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """A row as it comes back: where it stands now, and its cells with the names of their columns."""

    sheet: str
    number: int
    names: tuple[str, ...]
    values: Sequence[Value]

    def cells(self, columns: Sequence[str]) -> list[Value]:
        """Return a cell for each column; of columns with one name the first is the first.

        Raises :class:`CorrectionsError` for a column that is there no more.
        """
        free = {name: [no for no, known in enumerate(self.names) if known == name] for name in set(columns)}
        try:
            return [self.values[free[name].pop(0)] for name in columns]
        except IndexError:
            missing = next(name for name in columns if not free[name])
            raise CorrectionsError(
                f"The sheet {self.sheet!r} lacks the column {missing!r}.", code="missing_columns", sheet=self.sheet
            ) from None


def returned_rows(
    stream: BinaryIO, filename: str, job_id: str, replayed: Collection[str] = ()
) -> dict[tuple[str, int], ReturnedRow]:
    """Return the rows of a job's rejection workbook by their table and their place in the job.

    It may be that of a job that this one has ``replayed``, whose rows stand in the same places. Raises
    :class:`CorrectionsError` when it is none, or when a row is new or there twice, :class:`ConflictError` when it is of
    another job, and :class:`~shared.errors.UnreadableFileError` when it is a workbook that cannot be read.
    """
    rows: dict[tuple[str, int], ReturnedRow] = {}
    found = False
    if not is_zipfile(stream):
        raise CorrectionsError(f"{filename} is not an Excel workbook (.xlsx).", code="not_a_rejection_workbook")
    for sheet, numbered in whole_sheets(stream, filename):
        header = next((no for no, (_, row) in enumerate(numbered[:_HEADER_WITHIN_ROWS]) if JOB in row), None)
        if header is None:
            continue
        found = True
        names = tuple(showable(str(cell)).strip() for cell in numbered[header][1])
        for number, values in numbered[header + 1 :]:
            row = ReturnedRow(sheet, number, names, values)
            key = _key(row, job_id, replayed)
            if key in rows:
                raise CorrectionsError(
                    f"Rows {rows[key].number:,} and {number:,} of the sheet {sheet!r} are the same row twice.",
                    advice="Keep one of them; new rows belong into a file of their own.",
                    sheet=sheet,
                    row=number,
                )
            rows[key] = row
    if not found:
        raise CorrectionsError(f"{filename} is not a rejection workbook.", code="not_a_rejection_workbook")
    return rows


def _key(row: ReturnedRow, job_id: str, replayed: Collection[str]) -> tuple[str, int]:
    """Return table and place of a row."""
    job, table, place = map(str, row.cells(HIDDEN_COLUMNS))
    if not (table and place[1:].isdecimal()):
        raise CorrectionsError(
            f"Row {row.number:,} of the sheet {row.sheet!r} does not say which row it was.",
            advice="Correct the rows that are there; new rows belong into a file of their own.",
            code="new_row",
            sheet=row.sheet,
            row=row.number,
        )
    if job != job_id and job not in replayed:
        raise ConflictError(
            f"The workbook holds rows of job {job}, not of job {job_id}.",
            code="other_job",
            advice="Send it as corrections of the job that it came from.",
            job=job,
        )
    return table, int(place[1:])
