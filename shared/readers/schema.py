"""The columns of a table as the readers give them; apart from their names, which need no frame library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from shared.readers.rows import FAULTS, FILE, ROW_NO, SEQUENCE

if TYPE_CHECKING:
    from shared.contracts.table import Table


def schema_of(table: Table) -> pa.Schema:
    """Return the columns of a table as the readers give them."""
    columns = [(name, pa.string()) for name in table.columns]
    return pa.schema(
        [*columns, (FAULTS, pa.string()), (FILE, pa.string()), (ROW_NO, pa.int64()), (SEQUENCE, pa.int64())]
    )
