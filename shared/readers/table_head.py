"""Finds where a table's data begin and which cell of a row is which column, by the contract's names of columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.errors import UnreadableFileError
from shared.readers.rows import COLUMNS_FAULT, FAULTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pyarrow as pa

    from shared.contracts.table import Table

#: A header stands within so many rows; above it may be titles.
SNIFFED_ROWS = 30
_SHOWN_NAMES = 50
#: Named one by one, as the cleaning of text does.
WHITE_SPACE = " \t\r\n\v\f\u00a0\ufeff"
_NUMBER_OR_DATE = re.compile(r"[+-]?[.,]?\d[\d.,:/ TZ+-]*")

Row = tuple[str, ...] | list[str]


@dataclass(frozen=True, slots=True)
class Head:
    """How a table lies in its file.

    ``rows`` are above the data, ``width`` is how many cells each row has, ``places`` says for each column of the
    contract in which cells its value may stand, the first that has one counting. ``fault`` marks each row of a table
    that has other columns, and None those of one that fits.
    """

    rows: int
    width: int
    places: tuple[tuple[int, ...], ...]
    fault: str | None = None


def find_head(rows: Sequence[Row], table: Table, where: str) -> Head:
    """Return how ``table`` lies in a file, or a sheet, that begins with ``rows`` (blank ones left out).

    ``where`` is the file's name in messages. Raises :class:`UnreadableFileError` when a header lacks columns that must
    be there, or when without a header the rows do not have as many cells as the contract has columns. Where the table
    takes files of any header, the first row of such a file is one.
    """
    try:
        return _fitting_head(rows, table, where)
    except UnreadableFileError as error:
        if table.source.unknown_header == "refuse" or not rows:
            raise
        missing = ", ".join(_named_in_files(table, _missing(rows[0], table)))
        reason = f"it lacks {missing}" if missing else f"it has {error.details.get('column')} twice"
        return Head(1, len(rows[0]), ((),) * len(table.columns), f"{COLUMNS_FAULT}{reason}.")


def _fitting_head(rows: Sequence[Row], table: Table, where: str) -> Head:
    header = None if table.source.header == "no" else _header_row(rows, table)
    if header is None:
        return _without_header(rows, table, where)
    names = [tidy(cell) for cell in rows[header]]
    places = tuple(tuple(names.index(name) for name in known if name in names) for known in _known_names(table))
    _refuse_missing(table, rows[header], places, where)
    _refuse_repeated(table, names, places, where)
    return Head(header + 1, len(names), places)


def with_mandatory(batches: Iterable[pa.RecordBatch], table: Table, where: str) -> Iterator[pa.RecordBatch]:
    """Pass on the rows of records with names of their own.

    Raises :class:`UnreadableFileError` at their end when they never have a mandatory column.
    """
    absent, have_record = list(table.columns), False
    for rows in batches:
        absent = [name for name in absent if rows.column(name).null_count == rows.num_rows]
        have_record = have_record or bool(rows.column(FAULTS).null_count)
        yield rows
    missing = [name for name in absent if table.columns[name].mandatory]
    if missing and have_record:
        raise _missing_columns(table, missing, [name for name in table.columns if name not in absent], where)


def plain_head(width: int) -> Head:
    """Return the head of a table without a header, whose cells are the columns of its contract in their order."""
    return Head(0, width, tuple((place,) for place in range(width)))


def named_columns(row: Row, table: Table) -> int:
    """Return how many columns of the contract a row names."""
    names = {tidy(cell) for cell in row}
    return sum(not names.isdisjoint(known) for known in _known_names(table))


def tidy(cell: str) -> str:
    """Return a column's name as it is compared: without case, and without white space around it."""
    return cell.strip(WHITE_SPACE).casefold()


def _known_names(table: Table) -> list[list[str]]:
    return [[tidy(known) for known in column.names or (name,)] for name, column in table.columns.items()]


def _header_row(rows: Sequence[Row], table: Table) -> int | None:
    """Return which row is the header, with nothing but titles above it.

    It is the one that names all columns that must be there and the most of them; a header may be written in two rows.
    Failing that, it is the one that names the most and holds no number or date: a header that lacks columns.
    """
    candidates = []
    for place, row in enumerate(rows[:SNIFFED_ROWS]):
        is_header = table.source.header == "yes" or not _missing(row, table)
        if is_header or (named_columns(row, table) and not _holds_numbers(row)):
            candidates.append(place)
        elif _looks_like_data(row, table):
            break
    return max(
        candidates,
        key=lambda place: (not _missing(rows[place], table), named_columns(rows[place], table)),
        default=None,
    )


def _missing(row: Row, table: Table) -> list[str]:
    """Return the columns that must be in the file and are not named by a row."""
    names = {tidy(cell) for cell in row}
    columns = zip(table.columns.items(), _known_names(table), strict=True)
    return [name for (name, column), known in columns if column.must_be_in_file and names.isdisjoint(known)]


def _looks_like_data(row: Row, table: Table) -> bool:
    """Tell whether a row may be one of the table: titles have fewer cells, and headers no numbers or dates."""
    required = sum(column.required for column in table.columns.values())
    return sum(map(bool, map(tidy, row))) >= required and _holds_numbers(row)


def _holds_numbers(row: Row) -> bool:
    return any(_NUMBER_OR_DATE.fullmatch(tidy(cell).upper()) for cell in row)


def _without_header(rows: Sequence[Row], table: Table, where: str) -> Head:
    width = len(table.columns)
    widths = [len(row) for row in rows]
    usual = max(widths, key=widths.count, default=width)
    if usual != width:
        names = ", ".join(table.columns)
        raise UnreadableFileError(
            f"{where} has no header with the columns of {table.name} ({names}), and its rows have {usual:,} "
            f"cell{'s' * (usual != 1)} where {width} are expected.",
            code="missing_columns",
            advice="Add a first row with the names of the columns, or send exactly the columns named, in that order.",
            file=where,
            expected=list(table.columns),
        )
    return plain_head(width)


def _refuse_missing(table: Table, header: Row, places: Sequence[Sequence[int]], where: str) -> None:
    columns = zip(table.columns.items(), places, strict=True)
    missing = [name for (name, column), found in columns if column.must_be_in_file and not found]
    if missing:
        found = [cell.strip(WHITE_SPACE) for cell in header[:_SHOWN_NAMES] if tidy(cell)]
        raise _missing_columns(table, missing, found, where)


def _named_in_files(table: Table, columns: Sequence[str]) -> list[str]:
    """Return for each column the first of the names that it may have in a file."""
    return [(*table.columns[name].names, name)[0] for name in columns]


def _missing_columns(table: Table, missing: list[str], found: list[str], where: str) -> UnreadableFileError:
    missing = _named_in_files(table, missing)
    return UnreadableFileError(
        f"{where} lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)} of {table.name}; "
        f"it has {', '.join(found) or 'none'}.",
        code="missing_columns",
        advice="Add the columns, or give them the names that the dataset knows.",
        file=where,
        missing=missing,
        found=found,
    )


def _refuse_repeated(table: Table, names: Sequence[str], places: Sequence[Sequence[int]], where: str) -> None:
    for column, found in zip(table.columns, places, strict=True):
        twice = [names[place] for place in found if names.count(names[place]) > 1]
        if twice:
            raise UnreadableFileError(
                f"{where} has the column {twice[0]} twice, so nothing says which of them is {column}.",
                code="repeated_column",
                advice="Give each column a name of its own.",
                file=where,
                column=column,
            )
