"""What a dataset hands out of a job besides its gold: files for people, and tables that other loaders fill as well.

A dataset that has something has an ``exports.py`` with two functions of a :class:`JobRows`: ``files`` yields names with
the rows of each file, ``tables`` yields tables for the warehouse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class UploadFacts:
    """Who sent what when: ``label`` is what the sender calls it, ``kinds`` are those of the files, ``html`` or ``csv``.

    The upload's id is the job's.
    """

    upload_id: str
    user_id: str
    label: str | None
    received_at: datetime
    filenames: tuple[str, ...]
    kinds: tuple[str, ...]


class JobRows(Protocol):
    """The rows of a job as they are at each stage, read when they are asked for."""

    @property
    def facts(self) -> UploadFacts:
        """Who sent what when."""

    def extracted(self, table: str) -> pa.Table:
        """Return the rows of a table as they were read: text, and where it stood."""

    def accepted(self, table: str) -> pa.Table:
        """Return the silver rows of a table."""

    def as_sent(self) -> pa.Table:
        """Return the rows of all delimited files whatever their header: ``row``, their place, and ``data``, as JSON.

        What the contract knows as a personal identifier is a token in it.
        """

    def tokens(self, values: pa.Array) -> pa.Array:
        """Return the tokens that stand in gold for personal texts."""


@dataclass(frozen=True, slots=True)
class ExportedTable:
    """A table for the warehouse: its name, the columns by which a row is known, and a job's rows."""

    name: str
    key: tuple[str, ...]
    rows: pa.Table


class Exports(Protocol):
    """A dataset's ``exports.py``."""

    def files(self, job: JobRows) -> Iterator[tuple[str, pa.Table]]:
        """Yield the name of each file, which ends in .xlsx or .csv, and its rows."""

    def tables(self, job: JobRows) -> Iterator[ExportedTable]:
        """Yield the tables for the warehouse."""
