"""The columns every reader adds to a row, and how a row says that part of it could not be read as cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import narwhals as nw

#: The file a row came from, as the sender named it.
FILE = "_file"
#: The row's number in its file: the record of a JSON file, the line of a table, from 1.
ROW_NO = "_row_no"
#: The row's place in the whole job; it decides between rows that are alike in all else.
SEQUENCE = "_seq"
#: What of the row could not be read: null, one of the faults below, or the names of columns with a nested value.
FAULTS = "_faults"

#: How the marks begin of rows of which nothing could be read.
WHOLE_ROW = "!"
UNREADABLE_FAULT = "!unreadable"
RECORD_FAULT = "!record"
OBJECT_FAULT = "!object"
QUOTE_FAULT = "!quote"
#: Followed by how the columns of the row's file are others than those of its table, in words.
COLUMNS_FAULT = "!columns:"
#: Followed by what was expected and found, in words.
RAGGED_FAULT = "!ragged:"

#: A file of a job may be an archive of so many files.
PARTS_PER_FILE = 2**10
_ROWS_PER_PART = 2**40


def sequence_start(file_no: int) -> int:
    """Return what is added to a row number to make its place in the job; see :func:`number_of_part`."""
    return file_no * _ROWS_PER_PART


def number_of_part(file_no: int, part: int) -> int:
    """Return the number by which the readers know a file, both counted from 0: the job's file, and the part of it."""
    return file_no * PARTS_PER_FILE + part


def file_of(sequence: nw.Expr) -> nw.Expr:
    """Return the number of the job's file that a place in the job belongs to."""
    return sequence // (_ROWS_PER_PART * PARTS_PER_FILE)


def possible_places(file_no: int, row_no: int) -> range:
    """Return the places in the job of the rows of that number in a file, of which an archive may have several."""
    start, end = (sequence_start(number_of_part(number, 0)) for number in (file_no, file_no + 1))
    return range(start + row_no, end, _ROWS_PER_PART)


def file_number(sequence: int) -> int:
    """Return the number of the job's file that a place in the job belongs to."""
    return sequence // (_ROWS_PER_PART * PARTS_PER_FILE)


def row_of(sequence: nw.Expr) -> nw.Expr:
    """Return the row number, in its file, of a place in the job."""
    return sequence - sequence // _ROWS_PER_PART * _ROWS_PER_PART


def ragged_fault(expected: int, found: int) -> str:
    """Return the mark of a row that has more or fewer cells than its table has columns."""
    return f"{RAGGED_FAULT}expected {expected:,} cell{'s' * (expected != 1)}, found {found:,}."


def nested_fault(marked: str | None, column: str) -> str:
    """Add a column whose value is nested to a row's mark."""
    return f"{marked or '|'}{column}|"


def is_nested(column: str) -> str:
    """Return the text that a row's mark contains when the column's value is nested."""
    return f"|{column}|"
