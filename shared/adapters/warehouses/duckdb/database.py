"""One open database per file and process: readers share it through cursors, writers take turns."""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from shared.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duckdb import DuckDBPyConnection

# Statements are the project's own; still, a database that can neither read files nor load code is safer.
_CONFIG: dict[str, Any] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    # Memory of earlier loads goes back to the operating system, for a few milliseconds a load.
    "checkpoint_threshold": "1MB",
    "allocator_bulk_deallocation_flush_threshold": "1MB",
}


@dataclass
class Database:
    """A DuckDB file, opened when first used and then kept open; no other process can open it meanwhile."""

    path: Path
    writing: threading.Lock = field(default_factory=threading.Lock)
    _opening: threading.Lock = field(default_factory=threading.Lock)
    _connection: DuckDBPyConnection | None = None

    @contextmanager
    def cursor(self) -> Iterator[DuckDBPyConnection]:
        """Give a connection of one's own to the open database.

        Raises :class:`UnavailableError` when the file cannot be opened, or breaks while it is used.
        """
        try:
            cursor = self._open().cursor()
            try:
                yield cursor
            finally:
                cursor.close()
        except duckdb.FatalException as error:
            self._drop()
            raise self._unavailable("has to be opened again", error) from error
        except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
            raise self._unavailable("cannot be read or written", error) from error

    @contextmanager
    def transaction(self) -> Iterator[DuckDBPyConnection]:
        """Give a cursor inside a transaction that ends with the block: committed, or undone by an exception."""
        with self.writing, self.cursor() as cursor:
            cursor.begin()
            try:
                yield cursor
                cursor.commit()
            except BaseException:
                with suppress(duckdb.Error):
                    cursor.rollback()
                raise

    def _open(self) -> DuckDBPyConnection:
        with self._opening:
            if self._connection is None:
                try:
                    self.path.parent.mkdir(parents=True, exist_ok=True)
                    connection = duckdb.connect(str(self.path), config=_CONFIG)
                except (duckdb.IOException, OSError) as error:
                    raise self._unavailable("cannot be opened; another process may hold it", error) from error
                connection.execute("SET GLOBAL TimeZone = 'UTC'")
                self._connection = connection
            return self._connection

    def _drop(self) -> None:
        with self._opening:
            if self._connection is not None:
                with suppress(duckdb.Error):
                    self._connection.close()
            self._connection = None

    def _unavailable(self, what: str, error: Exception) -> UnavailableError:
        return UnavailableError(
            f"The warehouse {self.path.name} {what} ({type(error).__name__}).",
            code="warehouse_unavailable",
            service="warehouse",
        )


_databases: dict[Path, Database] = {}
_registering = threading.Lock()


def database_at(path: str | Path) -> Database:
    """Return this process's database for a file, the same one for the same file."""
    resolved = Path(path).resolve()
    with _registering:
        return _databases.setdefault(resolved, Database(resolved))


def quoted(name: str) -> str:
    """Return an identifier quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'
