"""How a dataset reads files by itself, of a kind that the usual readers do not know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    import pyarrow as pa

    from shared.domain.scorecard import Reconciled


@dataclass(frozen=True, slots=True)
class Extracted:
    """The rows of each table of a file, as the readers give them, and what the dataset itself says of them.

    ``findings`` are of single rows, by table, with at least the columns that
    the quality rules take (``told_rows``); ``reconciliation`` are the figures that the file states of itself.
    """

    tables: dict[str, pa.Table]
    findings: dict[str, pa.Table] = field(default_factory=dict)
    reconciliation: tuple[Reconciled, ...] = ()


#: A dataset's ``read_file`` in its ``extract.py``: takes the bytes and the name of a file of a kind that the contract
#: calls its own, and the number by which the readers know it.
OwnReader = Callable[[bytes, str, int], Extracted]

#: A dataset's ``complete`` in its ``extract.py``: takes the rows of a file that the usual readers have read, by table,
#: and returns them with the columns that the contract calls ``added``.
Completion = Callable[[dict[str, "pa.Table"]], Extracted]

#: A dataset's ``count_records`` in its ``count.py``: takes the beginning of such a file and all of it, reads it to its
#: end, and returns how many records it has without having made rows of them.
OwnCount = Callable[[bytes, BinaryIO], int]
