"""Which table of a dataset a file feeds: its field or its name says so, or else the names of its columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shared.errors import InvalidRequestError, UnreadableFileError
from shared.readers.archives import unpacked
from shared.readers.column_names import column_names
from shared.readers.formats import is_own

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import BinaryIO

    from shared.contracts.model import Contract
    from shared.contracts.table import Table
    from shared.readers.archives import Part

_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")


def table_of(contract: Contract, filename: str, field: str | None, stream: BinaryIO) -> str | None:
    """Return the table that a file feeds, None where each file feeds all tables of its dataset.

    ``field`` is the name under which the file was sent, and decides if it is a table's. Otherwise the file's own name
    does, by the longest name of a table in it, and at last the names of the columns in ``stream``, if they are those of
    one table alone. What is of none belongs to the table that takes files of any header, if there is one. A file that
    the dataset reads by itself is None too, whatever its name, and an archive that holds one or whose files feed
    several tables: see :func:`table_of_part`. Raises :class:`InvalidRequestError` naming the tables.
    """
    if contract.files == "all_tables" or _holds_own(contract, stream, filename):
        return None
    table = _named(contract, field or "") or _contained(contract, filename)
    if table is None:
        inside = _tables_inside(contract, stream, filename)
        if len(inside) > 1 and None not in inside:
            return None
        table = inside.pop() if len(inside) == 1 else _of_any_header(contract)
    if table is None:
        known = [table.name for table in contract.tables]
        raise InvalidRequestError(
            f"Nothing says which table {filename} belongs to.",
            code="unknown_table_of_file",
            advice=f"Send it in a field, or under a name, that is one of: {', '.join(known)}.",
            file=filename,
            known=known,
        )
    return table


def table_of_part(contract: Contract, name: str | None, part: Part) -> Table | None:
    """Return the table that a file feeds, sent alone or in an archive of which :func:`table_of` has said ``name``.

    None where the file feeds all tables. Raises :class:`UnreadableFileError` for a file in an archive of no table.
    """
    if contract.files == "all_tables" or is_own(contract, part):
        return None
    name = name or _table_inside(contract, part)
    table = next((table for table in contract.tables if table.name == name), None)
    if table is None:
        raise UnreadableFileError(
            f"Nothing says which table {part.filename} belongs to.",
            code="unknown_table_of_file",
            advice="Give it the name of its table, or leave it out of the archive.",
            file=part.filename,
        )
    return table


def _holds_own(contract: Contract, stream: BinaryIO, filename: str) -> bool:
    """Tell whether a file is, or holds, one that the dataset reads by itself."""
    try:
        return bool(contract.own) and any(is_own(contract, part) for part in unpacked(stream, filename))
    except UnreadableFileError:
        return False


def _tables_inside(contract: Contract, stream: BinaryIO, filename: str) -> set[str | None]:
    """Return the tables of the files that a file is or holds, none where it cannot be opened."""
    try:
        return {_table_inside(contract, part) for part in unpacked(stream, filename)}
    except UnreadableFileError:
        return set()


def _table_inside(contract: Contract, part: Part) -> str | None:
    name = part.filename.rpartition("/")[2]
    return _contained(contract, name) or _fitting(contract, column_names(part)) or _of_any_header(contract)


def _of_any_header(contract: Contract) -> str | None:
    return next((table.name for table in contract.tables if table.source.unknown_header == "skip"), None)


def _named(contract: Contract, field: str) -> str | None:
    return next((table.name for table in contract.tables if _bare(table.name) == _bare(field)), None)


def _contained(contract: Contract, filename: str) -> str | None:
    """Return the only table whose name stands in a file's name; a name within a longer one does not count."""
    stem = filename.rpartition(".")[0] or filename
    names = {table.name: _bare(table.name) for table in contract.tables}
    found = [name for name, bare in names.items() if bare in _bare(stem)]
    whole = [name for name in found if not any(names[name] in names[other] for other in found if other != name)]
    return whole[0] if len(whole) == 1 else None


def _fitting(contract: Contract, header: Collection[str]) -> str | None:
    given = {_bare(name) for name in header}
    fitting = [table.name for table in contract.tables if _fits(table, given)]
    return fitting[0] if len(fitting) == 1 else None


def _fits(table: Table, given: set[str]) -> bool:
    """Tell whether all that the table's rows must have is there."""
    needed = [column.names or (name,) for name, column in table.columns.items() if column.must_be_in_file]
    return bool(needed) and all(given.intersection(map(_bare, names)) for names in needed)


def _bare(name: str) -> str:
    """Return a name without what people write differently: case, and what is neither letter nor digit."""
    return _NOT_ALPHANUMERIC.sub("", name).casefold()
