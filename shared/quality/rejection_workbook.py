"""Writes rejected rows into a workbook in which their sender can correct them and send them back.

Every cell is written as text, so none is taken for a formula. Each row carries, in hidden columns, the job and the
place it came from, so that rows may be sorted, filtered or left out.
"""

from __future__ import annotations

import io
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from shared.quality.rejected_sheets import RejectedSheet
    from shared.quality.rejections import Problem

#: The names of the hidden columns, which begin so as no column of a sender does.
JOB, TABLE, PLACE = "strata:job", "strata:table", "strata:place"
HIDDEN_COLUMNS = (JOB, TABLE, PLACE)
#: More rows are not written into one workbook: nobody corrects them by hand.
MOST_ROWS = 20_000

_SUMMARY = "What to fix"
_SUMMARY_COLUMNS = {"Rows": 8, "Table": 22, "Column": 30, "What is wrong": 70, "How to fix": 60}
_TEXT, _RED = "@", "#FFC7CE"
_BOLD_ON_GREY = {"bold": True, "bg_color": "#E7E6E6"}
_WIDTH, _LONGEST_NAME, _RESERVED = 18, 31, "history"
_COMMENT = {"author": "Strata", "x_scale": 2.2, "y_scale": 1.2}


def write_rejection_workbook(job_id: str, sheets: Sequence[RejectedSheet], omitted: int = 0) -> bytes:
    """Return a workbook of what is to be fixed, and of the rows; ``omitted`` is how many more rows there are."""
    # The library is imported when a workbook is asked for, not on the way to the functions.
    from xlsxwriter import Workbook  # noqa: PLC0415

    sink = io.BytesIO()
    with Workbook(sink, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        _write_summary(book, job_id, sheets, omitted)
        for name, sheet in zip(_sheet_names(sheets), sheets, strict=True):
            _Writer(book, name, job_id, sheet).write()
    return sink.getvalue()


def _write_summary(book: Workbook, job_id: str, sheets: Sequence[RejectedSheet], omitted: int) -> None:
    page = book.add_worksheet(_SUMMARY)
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    page.write_string(0, 0, f"Rows of job {job_id} that were not loaded", bold)
    row = 1
    for row, line in enumerate(_instructions(sheets, omitted), 1):
        page.write_string(row, 0, line)
    row += 2
    for column, (title, width) in enumerate(_SUMMARY_COLUMNS.items()):
        page.set_column(column, column, width)
        page.write_string(row, column, title, book.add_format(_BOLD_ON_GREY))
    for (table, columns, message, how_to_fix), number in _counted(sheets).most_common():
        row += 1
        page.write_number(row, 0, number, wrapped)
        for column, text in enumerate((table, columns, message, how_to_fix), 1):
            page.write_string(row, column, text, wrapped)


def _instructions(sheets: Sequence[RejectedSheet], omitted: int) -> Iterator[str]:
    if not sheets:
        yield "Every row was loaded: there is nothing to fix."
        return
    yield "Correct the coloured cells on the next sheets; each has a comment that says what is wrong."
    yield "Then send this workbook back as corrections of the job. Only rows that you have changed are processed."
    yield "Rows may be sorted or left out; new rows belong into a file of their own."
    if omitted:
        yield f"{omitted:,} more rows did not find room here. Correct these first, or the file itself."


def _counted(sheets: Iterable[RejectedSheet]) -> Counter[tuple[str, str, str, str]]:
    """Count the rows by what is wrong with them; a row with several problems counts for each."""
    counts: Counter[tuple[str, str, str, str]] = Counter()
    for sheet in sheets:
        for row in sheet.rejected.values():
            for problem in row.problems:
                labels = " and ".join(sheet.table.columns[name].label for name in problem.columns)
                counts[sheet.table.label, labels, problem.message, problem.how_to_fix] += 1
    return counts


def _sheet_names(sheets: Sequence[RejectedSheet]) -> Iterator[str]:
    """Yield a name for each sheet: the table's, with a number where several files feed it."""
    taken = {_RESERVED, _SUMMARY.casefold()}
    for sheet in sheets:
        name, number = sheet.table.name[:_LONGEST_NAME], 1
        while name in taken:
            number += 1
            ending = f" ({number})"
            name = sheet.table.name[: _LONGEST_NAME - len(ending)] + ending
        taken.add(name)
        yield name


class _Writer:
    """Writes one sheet of rows."""

    def __init__(self, book: Workbook, name: str, job_id: str, sheet: RejectedSheet) -> None:
        self._page: Worksheet = book.add_worksheet(name)
        self._sheet, self._job_id = sheet, job_id
        self._head: Format = book.add_format({**_BOLD_ON_GREY, "num_format": _TEXT})
        self._plain: Format = book.add_format({"num_format": _TEXT})
        self._red: Format = book.add_format({"num_format": _TEXT, "bg_color": _RED})

    def write(self) -> None:
        """Write the header and the rows."""
        page, sheet = self._page, self._sheet
        first = len(HIDDEN_COLUMNS)
        last = first + len(sheet.columns) - 1
        page.set_column(0, first - 1, None, self._plain, {"hidden": True})
        page.set_column(first, last, _WIDTH, self._plain)
        page.freeze_panes(1, first)
        # Over the hidden columns too, so that they are sorted along with the others.
        page.autofilter(0, 0, len(sheet.rejected), last)
        page.ignore_errors({"number_stored_as_text": f"A1:XFD{len(sheet.rejected) + 1}"})
        for column, name in enumerate((*HIDDEN_COLUMNS, *sheet.columns)):
            page.write_string(0, column, name, self._head)
        for row, place in enumerate(sheet.original.rows, 1):
            self._write_row(row, place, first)

    def _write_row(self, row: int, place: int, first: int) -> None:
        page, sheet = self._page, self._sheet
        for column, text in enumerate((self._job_id, sheet.table.name, f"r{place}")):
            page.write_string(row, column, text, self._plain)
        marks, whole = sheet.marks(place), sheet.is_marked_whole(place)
        for column, text in enumerate(sheet.shown(place)):
            style = self._red if whole or column in marks else self._plain
            if text:
                page.write_string(row, first + column, text, style)
            else:
                page.write_blank(row, first + column, None, style)
        for column, problems in marks.items():
            page.write_comment(row, first + column, self._comment(place, problems), _COMMENT)

    def _comment(self, place: int, problems: Sequence[Problem]) -> str:
        original = self._sheet.original
        lines = [" ".join(filter(None, (one.message, one.detail, one.how_to_fix))) for one in problems]
        return "\n".join([*lines, f"(row {original.row_no(place):,} of {original.filename})"])
