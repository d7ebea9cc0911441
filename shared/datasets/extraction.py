"""How a dataset reads files by itself, of a kind that the usual readers do not know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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


#: A dataset's ``read_file`` in its ``extract.py``: takes a file's bytes and name, and the number by which the readers
#: know it; returns None of a file that the usual readers are to read.
OwnReader = Callable[[bytes, str, int], Extracted | None]
