"""Makes of an Excel workbook, as somebody sent it, one that is safe to hand to the library that reads it.

That library believes what a workbook says of its own size and ends the whole process when there is no memory for it,
so a few kilobytes could stop the host. Here the sizes are looked at first, and only what was looked at is handed on.
"""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache
from string import ascii_uppercase
from typing import TYPE_CHECKING, BinaryIO
from xml.parsers import expat

from shared.errors import UnreadableFileError
from shared.readers.archive_limits import damage_told
from shared.readers.archives import opened_zip

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_XML_BYTES = 100_000_000
#: The smallest rectangle around the cells of a sheet, empty ones included, is held in memory.
MAX_CELLS = 5_000_000
MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384

_NEEDED = re.compile(r"\[content_types\]\.xml|(?:_rels/|xl/(?!drawings|charts|theme)).*\.(?:xml|rels)")
_OTHER_WORKBOOKS = {"xl/workbook.bin", "content.xml", "mimetype"}
_STATED_STRINGS = re.compile(rb"uniqueCount\s*=\s*[\"']\s*\+?(\d+)")
_SHORTEST_STRING_BYTES = 10
_FROM_1904 = re.compile(rb"date1904\s*=\s*[\"'](?:1|true)")
_MOST_LETTERS = 3
_DIGITS = "0123456789"
#: The elements that give a cell a value.
_VALUES = frozenset({"v", "is"})


def safe_package(stream: BinaryIO, filename: str) -> bytes:
    """Return a workbook with the same cells, made of the parts of ``stream`` that matter and were found to be sound.

    Raises :class:`UnreadableFileError` when it is damaged, or larger than can be held in memory.
    """
    safe = io.BytesIO()
    with opened_zip(stream, filename) as archive, zipfile.ZipFile(safe, "w", zipfile.ZIP_STORED) as package:
        parts = {entry.filename.replace("\\", "/").lower(): entry for entry in archive.filelist}
        if len(parts) < len(archive.filelist) or not _OTHER_WORKBOOKS.isdisjoint(parts):
            raise damaged_workbook(filename)
        needed = {name: entry for name, entry in parts.items() if _NEEDED.fullmatch(name)}
        if sum(entry.file_size for entry in needed.values()) > MAX_XML_BYTES:
            raise _too_large(filename, f"unpacks to more than {MAX_XML_BYTES:,} bytes")
        for entry in needed.values():
            with damage_told(filename):
                content = archive.read(entry)
            _check(content, filename)
            package.writestr(entry.filename, content)
    return safe.getvalue()


def counts_from_1904(package: bytes) -> bool:
    """Tell whether a workbook counts days from 1904, as those begun on a Mac may, and not from 1900."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        name = next(name for name in archive.namelist() if name.lower() == "xl/workbook.xml")
        return bool(_FROM_1904.search(archive.read(name)))


def _check(content: bytes, filename: str) -> None:
    """Refuse a part that would have the library ask for more memory than the part can have content."""
    stated = max(map(int, _STATED_STRINGS.findall(content)), default=0)
    if stated > len(content) // _SHORTEST_STRING_BYTES:
        raise damaged_workbook(filename)
    if b"sheetData" in content:
        _check_sheet(content, filename)


def _check_sheet(content: bytes, filename: str) -> None:
    area = _Area()
    parser = expat.ParserCreate()
    parser.StartElementHandler = area.start
    parser.StartDoctypeDeclHandler = area.refuse
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError) as error:
        raise damaged_workbook(filename) from error
    if area.cells > MAX_CELLS:
        raise _too_large(filename, f"has a sheet that spans more than {MAX_CELLS:,} cells")


class _Area:
    """Works out the smallest rectangle around the cells of a sheet that have a value.

    It sees every element of a sheet, so it looks at a row once and not with each of its cells.
    """

    def __init__(self) -> None:
        self._row = self._column = 0
        self._row_text = ""
        self._noted = 0
        self._columns: set[int] = set()
        self._rows = (MAX_ROWS, 1)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take note of an element; raises ``ValueError`` for a place that no sheet has."""
        element = name.rpartition(":")[2] if ":" in name else name
        if element == "c":
            place = attributes.get("r")
            if place:
                letters = place.rstrip(_DIGITS)
                self._column = _column(letters)
                if (row := place[len(letters) :]) != self._row_text:
                    self._row, self._row_text = int(row), row
            else:
                self._column += 1
        elif element in _VALUES:
            if self._column not in self._columns:
                self._note_column()
            if self._row != self._noted:
                self._note_row()
        elif element == "row":
            self._row, self._column = int(attributes.get("r", self._row + 1)), 0
            self._row_text = str(self._row)

    def _note_column(self) -> None:
        if not 1 <= self._column <= MAX_COLUMNS:
            raise ValueError
        self._columns.add(self._column)

    def _note_row(self) -> None:
        if not 1 <= self._row <= MAX_ROWS:
            raise ValueError
        self._noted = self._row
        self._rows = (min(self._rows[0], self._row), max(self._rows[1], self._row))

    def refuse(self, *_: object) -> None:
        """A sheet declares no type of document: that may hold entities which grow without bound."""
        raise ValueError

    @property
    def cells(self) -> int:
        """How many cells the rectangle has."""
        if not self._columns:
            return 0
        return (self._rows[1] - self._rows[0] + 1) * (max(self._columns) - min(self._columns) + 1)


@cache
def _column(letters: str) -> int:
    if len(letters) > _MOST_LETTERS:
        raise ValueError
    number = 0
    for letter in letters.upper():
        number = number * 26 + ascii_uppercase.index(letter) + 1
    return number


def damaged_workbook(filename: str) -> UnreadableFileError:
    """Say that a workbook cannot be read."""
    return UnreadableFileError(
        f"{filename} is a damaged Excel workbook, or not as Excel writes one.",
        code="damaged_workbook",
        advice="Open it in Excel and save it again, or save the sheet as CSV.",
        file=filename,
    )


def _too_large(filename: str, why: str) -> UnreadableFileError:
    return UnreadableFileError(
        f"{filename} {why}.",
        code="workbook_too_large",
        advice="Save the sheet as CSV, or without what stands far away from the table.",
        file=filename,
    )
