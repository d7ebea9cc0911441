"""The rejected rows of a table in one file, as they are shown to their sender, and which cells are to blame."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from shared.contracts.column import Column
from shared.quality.rejections import WHOLE_ROW_RULES
from shared.quality.shown_cells import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shared.contracts.table import Table
    from shared.quality.rejections import Problem, RejectedRow
    from shared.readers.original_rows import OriginalRows

_PLAIN = Column(label="")
_MOST_UNITS = 32_000
_LINE_END = re.compile(r"\r\n?")
_UNSHOWABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class RejectedSheet:
    """The rejected rows, by their place in the job, of a table in a file."""

    table: Table
    original: OriginalRows
    rejected: Mapping[int, RejectedRow]

    @property
    def width(self) -> int:
        """How many cells a row of the file should have."""
        return len(self.names)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns in the file, or else in the contract."""
        header = self.original.header
        if header is not None:
            return header
        return tuple((column.names or (name,))[0] for name, column in self.table.columns.items())

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns as they are shown, for each cell of the longest row; one without has a number."""
        width = max(self.width, *map(len, self.original.rows.values()), 1)
        padded = [*self.names, *[""] * (width - self.width)]
        return tuple(showable(name).strip() or f"(column {place})" for place, name in enumerate(padded, 1))

    def cells(self, place: int) -> list[str | None]:
        """Return the cells of a row as they were delivered, one for each column.

        There are none where the row could not be told apart into cells, or a secret may stand in any of them.
        """
        known = () if self._secrets and self._is_shifted(place) else self.original.rows[place]
        return [*known, *[None] * (len(self.columns) - len(known))]

    def shown(self, place: int) -> list[str]:
        """Return the cells of a row as they are shown: one for each column."""
        return [
            HIDDEN if no in self._secrets and cell else showable(cell or "")
            for no, cell in enumerate(self.cells(place))
        ]

    def column_at(self, no: int) -> Column:
        """Return the contract's column whose value stands in a cell, or one of plain text."""
        found = next((name for name, places in self.original.places.items() if no in places), None)
        return self.table.columns[found] if found else _PLAIN

    def value(self, cells: Sequence[str | None], column: str) -> str | None:
        """Return the value of a column among the cells of a row."""
        return next((cells[no] for no in self.original.places[column] if cells[no]), None)

    def marks(self, place: int) -> dict[int, list[Problem]]:
        """Return what is wrong with which cells of a row, by the number of their column."""
        marks: dict[int, list[Problem]] = {}
        for problem in self.rejected[place].problems:
            for column in problem.columns:
                marks.setdefault(self._cell_of(place, column), []).append(problem)
        return marks

    def is_marked_whole(self, place: int) -> bool:
        """Tell whether all cells of a row are to blame."""
        return any(problem.rule in WHOLE_ROW_RULES for problem in self.rejected[place].problems)

    @cached_property
    def _secrets(self) -> frozenset[int]:
        secret = [name for name, column in self.table.columns.items() if column.pii == "secret"]
        return frozenset(no for name in secret for no in self.original.places[name])

    def _is_shifted(self, place: int) -> bool:
        """Tell whether a secret may stand in a cell that is not its own."""
        return any(problem.rule == "ragged" for problem in self.rejected[place].problems)

    def _cell_of(self, place: int, column: str) -> int:
        """Return in which cell a column's value stands: the first that has one, else the first that may."""
        cells, places = self.original.rows[place], self.original.places[column]
        if self.is_marked_whole(place) or not places:
            return 0
        return next((no for no in places if no < len(cells) and cells[no]), places[0])


def showable(text: str) -> str:
    """Return a text as a workbook can hold it."""
    text = _UNSHOWABLE.sub("\ufffd", _LINE_END.sub("\n", text))
    if len(text) <= _MOST_UNITS // 2:
        return text
    return text.encode("utf-16-le")[: 2 * _MOST_UNITS].decode("utf-16-le", "ignore")


def rejected_sheets(
    table: Table, originals: Sequence[OriginalRows], rejected: Sequence[RejectedRow]
) -> list[RejectedSheet]:
    """Return a sheet for each file that holds rejected rows of a table."""
    by_place = {row.place: row for row in rejected}
    return [
        RejectedSheet(table, one, {place: by_place[place] for place in one.rows})
        for one in originals
        if one.table == table.name
    ]
