"""Counts the records of delimited text in one pass over its chunks, in memory that does not grow with the file.

Where there is no quotation mark, the lines that are not blank are the records, and are found without cutting them into
cells. Elsewhere a record may go on behind a line's end, and :mod:`csv` says where it does, as when the file is read.
"""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from itertools import chain, islice
from typing import TYPE_CHECKING, BinaryIO

from shared.readers.delimited import MAX_RECORD_CHARACTERS, is_blank, strict_reader, unreadable_record
from shared.readers.encoding import encoding_of, in_utf8

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.errors import UnreadableFileError


def count_delimited(head: bytes, stream: BinaryIO, delimiter: str, filename: str) -> int:
    """Return the number of records that are not blank, a header and titles among them.

    ``head`` is the file's beginning, ``stream`` all of it. Raises :class:`UnreadableFileError` for a quotation mark
    that is never closed, and for a record that is beyond all measure.
    """
    counter = _Counter(delimiter, filename)
    for chunk in in_utf8(stream, encoding_of(head)):
        counter.add(chunk)
    return counter.finish()


class _Counter:
    """Counts the records of the chunks it is given; one that may not be whole yet waits for the next chunk."""

    def __init__(self, delimiter: str, filename: str) -> None:
        self._delimiter, self._filename = delimiter, filename
        self._blank_line = re.compile(rf"\n(?:{re.escape(delimiter)}|[ \t\v\f])*+(?=\n)".encode())
        self._count = 0
        #: What waits, and the line on which it begins.
        self._rest = b""
        self._line = 1

    def add(self, chunk: bytes) -> None:
        """Count the records that end in the next chunk of the file."""
        text = self._rest + chunk
        end = max(text.rfind(b"\n"), text.rfind(b"\r", 0, -1)) + 1
        self._rest = self._count_lines(text[:end]) + text[end:]
        if len(self._rest) > MAX_RECORD_CHARACTERS:
            raise self._unreadable()

    def finish(self) -> int:
        """Return the number of records, the file having ended."""
        self._rest = self._count_lines(self._rest + b"\n")
        if self._rest:
            raise self._unreadable()
        return self._count

    def _count_lines(self, lines: bytes) -> bytes:
        """Count the records in whole lines; returns the lines of one that goes on behind them."""
        if b'"' in lines:
            return self._count_quoted(lines.decode("latin-1"))
        if b"\r" in lines:
            lines = lines.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        ends = lines.count(b"\n")
        self._line += ends
        self._count += ends - len(self._blank_line.findall(b"\n" + lines))
        return b""

    def _count_quoted(self, text: str) -> bytes:
        lines, count, whole = io.StringIO(text, newline=""), 0, 0
        ended: list[bool] = []
        reader = strict_reader(chain(lines, _telling(ended)), self._delimiter)
        while not ended:
            try:
                for cells in reader:
                    count += not is_blank(cells)
                    whole = reader.line_num
            except csv.Error:
                # The lines have ended within a record, or else a quotation mark is misplaced in one.
                if not ended:
                    count += 1
                    whole = reader.line_num
        self._count += count
        self._line += whole
        lines.seek(0)
        deque(islice(lines, whole), maxlen=0)
        return lines.read().encode("latin-1")

    def _unreadable(self) -> UnreadableFileError:
        return unreadable_record(self._rest.decode("latin-1"), self._delimiter, self._line, self._filename)


def _telling(ended: list[bool]) -> Iterator[str]:
    """Yield nothing, and tell that it was asked for."""
    ended.append(True)
    yield from ()
