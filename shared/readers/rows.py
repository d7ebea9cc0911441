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
#: What of the row could not be read: null, one of the three below, or the names of columns with a nested value.
FAULTS = "_faults"

UNREADABLE_FAULT = "!unreadable"
RECORD_FAULT = "!record"
OBJECT_FAULT = "!object"

_ROWS_PER_FILE = 2**40


def sequence_start(file_no: int) -> int:
    """Return what is added to a row number to make its place in the job; ``file_no`` counts the files from 0."""
    return file_no * _ROWS_PER_FILE


def file_of(sequence: nw.Expr) -> nw.Expr:
    """Return the number of the file that a place in the job belongs to."""
    return sequence // _ROWS_PER_FILE


def row_of(sequence: nw.Expr) -> nw.Expr:
    """Return the row number, in its file, of a place in the job."""
    return sequence - file_of(sequence) * _ROWS_PER_FILE


def nested_fault(marked: str | None, column: str) -> str:
    """Add a column whose value is nested to a row's mark."""
    return f"{marked or '|'}{column}|"


def is_nested(column: str) -> str:
    """Return the text that a row's mark contains when the column's value is nested."""
    return f"|{column}|"
