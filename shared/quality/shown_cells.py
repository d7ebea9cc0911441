"""How a verdict shows cells of its row: shortened, and secrets not at all."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import narwhals as nw

from shared.frames.literals import nothing, word
from shared.quality.names import COLUMN, delivered
from shared.quality.prepare import is_repaired
from shared.readers.rows import FILE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.contracts.table import Table

PREVIEW_CHARACTERS = 200
#: Stands for the value of a secret.
HIDDEN = "(not shown)"


def shown_cell(table: Table, name: str, *, as_delivered: bool = False) -> nw.Expr:
    """Return the text of a cell, cleaned or as it was delivered."""
    column = table.columns[name]
    cell = nw.col(delivered(name) if as_delivered and is_repaired(column) else name).str.slice(0, PREVIEW_CHARACTERS)
    return nw.when(~cell.is_null()).then(word(HIDDEN, nw.col(FILE))) if column.pii == "secret" else cell


def named_cell(table: Table, names: Sequence[str], *, as_delivered: bool = False) -> nw.Expr:
    """Return the text of the cell that the row's verdict names, one of ``names``."""

    def choose(others: nw.Expr, name: str) -> nw.Expr:
        return (
            nw.when(nw.col(COLUMN) == name).then(shown_cell(table, name, as_delivered=as_delivered)).otherwise(others)
        )

    return reduce(choose, names, nothing(nw.col(FILE)))


def key_cells(table: Table) -> nw.Expr:
    """Return the text of a row's key."""
    parts = [nw.col(name).fill_null("").str.slice(0, PREVIEW_CHARACTERS) for name in table.key]
    return nw.concat_str(*parts, separator="|") if len(parts) > 1 else parts[0]
