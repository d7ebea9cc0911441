"""The local system that 'make up' runs, or one of its own for as long as a command takes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from devkit.cli.connection import Address
from devkit.data_folder import DataFolder
from devkit.system import LocalSystem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rich.console import Console


@contextmanager
def running_system(data: Path, remarks: Console) -> Iterator[Address]:
    """Give the address of the system that runs on a data folder; where none runs, one is started, and stopped again.

    Raises :class:`~devkit.errors.LocalSystemError` when it cannot be started.
    """
    folder = DataFolder(data.resolve())
    if folder.is_used and (known := folder.address):
        yield Address(known["baseUrl"], known["token"], str(folder.address_file))
        return
    remarks.print("Starting the local system …")
    with LocalSystem(data) as system:
        yield Address(system.base_url, system.token, "the local system")
        remarks.print("Stopping it again; its data stays.")
