"""Reads delimited text (CSV and its kin): how it is written is found out from its beginning, not from its name."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, TextIO

from shared.errors import UnreadableFileError
from shared.readers.encoding import UNREADABLE_AS_NUL, encoding_of
from shared.readers.sniff import SNIFFED_BYTES
from shared.readers.table_head import SNIFFED_ROWS, Head, find_head, named_columns

if TYPE_CHECKING:
    from _csv import Reader as CsvReader
    from collections.abc import Iterable, Iterator

    from shared.contracts.table import Table
    from shared.readers.table_head import Row

DELIMITERS = (",", ";", "\t", "|")
#: As many columns as a worksheet has; more are a mistake, and would cost memory without bound.
MAX_COLUMNS = 16_384
#: A record longer than this is a mistake too, most often a quotation mark that is never closed.
MAX_RECORD_CHARACTERS = 4_000_000
WHITE_SPACE = " \t\r\n\v\f"
OPEN_QUOTE = "open_quote"


@dataclass(frozen=True, slots=True)
class Layout:
    """How a delimited file is written, and where the table lies in it."""

    delimiter: str
    head: Head


def sniff_layout(head: bytes, table: Table, filename: str) -> Layout:
    """Return the layout of a file that begins with ``head``: the delimiter by which its rows fit the contract best.

    Raises :class:`UnreadableFileError` when they do not fit by any.
    """
    tops = _tops(head, filename)
    delimiter = max(DELIMITERS, key=lambda one: _fitness(tops[one], table))
    return Layout(delimiter, find_head(tops[delimiter], table, filename))


def top_rows(head: bytes, filename: str) -> list[Row]:
    """Return the first rows of a file of no known table, cut by the delimiter that gives the most cells."""
    return max(_tops(head, filename).values(), key=_commonest_width)


def numbered_rows(stream: TextIO, delimiter: str, filename: str) -> Iterator[tuple[int, list[str] | None]]:
    """Yield each record that is not blank with the line on which it begins, from 1, as an editor counts.

    ``stream`` keeps line ends as they are (``newline=""``). A record in which a quotation mark closes amid a cell is
    None, and costs only itself. Raises :class:`UnreadableFileError` for a quotation mark that is never closed, and for
    a record that is beyond all measure.
    """
    lines = _Lines(stream, delimiter, filename)
    reader = strict_reader(lines, delimiter)
    while True:
        lines.begin_record()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            if lines.ended:
                raise unreadable_record(lines.record(), delimiter, lines.first, filename) from None
            yield lines.first, None
            continue
        if len(cells) > MAX_COLUMNS:
            raise too_many_columns(lines.first, filename)
        if not is_blank(cells):
            yield lines.first, cells


def strict_reader(lines: Iterable[str], delimiter: str) -> CsvReader:
    """Return the reader that cuts lines into cells, without a limit of its own to their length."""
    csv.field_size_limit(2 * MAX_RECORD_CHARACTERS)
    return csv.reader(lines, delimiter=delimiter, strict=True)


def is_blank(cells: list[str]) -> bool:
    """Tell whether a record has no value at all: it pads the table and is no row of it."""
    return not "".join(cells).strip(WHITE_SPACE)


class _Lines:
    """The lines of a file, kept until their record is whole so that it cannot grow without bound."""

    def __init__(self, stream: TextIO, delimiter: str, filename: str) -> None:
        self._stream, self._delimiter, self._filename = stream, delimiter, filename
        self._kept: list[str] = []
        self._characters = 0
        self.first = 1
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._stream.readline(MAX_RECORD_CHARACTERS + 1)
        if not line:
            self.ended = True
            raise StopIteration
        self._kept.append(line)
        self._characters += len(line)
        if self._characters > MAX_RECORD_CHARACTERS:
            raise unreadable_record(self.record(), self._delimiter, self.first, self._filename)
        return line

    def begin_record(self) -> None:
        """Let the last record's lines go; the next begins on the line after them."""
        self.first += len(self._kept)
        self._kept.clear()
        self._characters = 0

    def record(self) -> str:
        """Return what was read of the present record."""
        return "".join(self._kept)


def unreadable_record(record: str, delimiter: str, first_line: int, filename: str) -> UnreadableFileError:
    """Say why a record of a file cannot be read, by as much of it as was read before giving up."""
    opened = _open_quote(record, delimiter)
    if record.count(delimiter, 0, opened) >= MAX_COLUMNS:
        return too_many_columns(first_line, filename)
    if opened is None:
        return UnreadableFileError(
            f"The record on line {first_line:,} of {filename} is longer than {MAX_RECORD_CHARACTERS:,} characters.",
            code="record_too_long",
            file=filename,
            line=first_line,
        )
    line = first_line + len(re.findall(r"\r\n|\r|\n", record[:opened]))
    return UnreadableFileError(
        f"The quotation mark that opens on line {line:,} of {filename} is not closed, so what follows it cannot be "
        "told apart.",
        code=OPEN_QUOTE,
        advice="Close the quotation mark, or double it if it belongs to the value.",
        file=filename,
        line=line,
    )


def too_many_columns(line: int, filename: str) -> UnreadableFileError:
    """Say that a record has more cells than any table has columns."""
    return UnreadableFileError(
        f"Line {line:,} of {filename} has more than {MAX_COLUMNS:,} columns.",
        code="too_many_columns",
        advice="Send the columns of the table alone.",
        file=filename,
        line=line,
    )


def _open_quote(record: str, delimiter: str) -> int | None:
    """Return where a cell in quotation marks begins that does not end within the record."""
    text = "\n" + record
    cell = rf'"(?<=[{re.escape(delimiter)}\r\n]")[^"]*+(?:""[^"]*+)*+(?:(")|\Z)'
    return next((found.start() - 1 for found in re.finditer(cell, text) if found[1] is None), None)


def _tops(head: bytes, filename: str) -> dict[str, list[Row]]:
    """Return the first rows of a file as each delimiter cuts them."""
    text = head.decode(encoding_of(head), UNREADABLE_AS_NUL)
    if len(head) >= SNIFFED_BYTES:
        text = text[: max(text.rfind("\n"), text.rfind("\r", 0, -1)) + 1] or text
    return {delimiter: _top(text, delimiter, filename) for delimiter in DELIMITERS}


def _top(text: str, delimiter: str, filename: str) -> list[Row]:
    rows: list[Row] = []
    try:
        for _, cells in numbered_rows(io.StringIO(text, newline=""), delimiter, filename):
            rows.append(cells or [])
            if len(rows) == SNIFFED_ROWS:
                break
    except UnreadableFileError as error:
        # A wrong delimiter may be to blame, or the end of what is looked at; if not, reading the whole file tells.
        if error.code != OPEN_QUOTE:
            raise
    return rows


def _fitness(rows: list[Row], table: Table) -> tuple[int, int, int]:
    """Rank a way to cut rows: by the columns it finds named, by rows of the right width, by cells alike."""
    named = 0 if table.source.header == "no" else max((named_columns(row, table) for row in rows), default=0)
    fitting = sum(len(row) == len(table.columns) for row in rows)
    return named, fitting, _commonest_width(rows)


def _commonest_width(rows: list[Row]) -> int:
    widths = [len(row) for row in rows]
    return max(widths, key=widths.count, default=0)


def as_text(stream: BinaryIO, encoding: str) -> TextIO:
    """Return bytes as text in which line ends are kept, and what is no character is a NUL, which no cell may hold."""
    return io.TextIOWrapper(stream, encoding, errors=UNREADABLE_AS_NUL, newline="")
