"""Writes a table as CSV: UTF-8, a header, quotation marks where they are needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyarrow import csv

if TYPE_CHECKING:
    from typing import BinaryIO

    import pyarrow as pa

MEDIA_TYPE = "text/csv; charset=utf-8"


def write_csv(rows: pa.Table, sink: BinaryIO) -> None:
    """Write a table; null is nothing between two commas."""
    csv.write_csv(rows, sink, csv.WriteOptions(quoting_style="needed", quoting_header="needed"))
