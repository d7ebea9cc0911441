"""A running Azurite with an account of our own; the well-known development account does not exist in it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from devkit.azurite.install import AZURITE, is_installed
from devkit.azurite.node import NODE
from devkit.errors import LocalSystemError
from devkit.processes import ChildProcess, free_ports, listens

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ACCOUNT = "strata"
_SERVICES = ("blob", "queue", "table")
_READY_SECONDS = 60
_STOP_SECONDS = 20
_ATTEMPTS = 3


class Azurite:
    """Blobs, queues and tables on ports of the loopback address that were free."""

    def __init__(self, data: Path, key: str, log: Path, keep_open: Sequence[int] = ()) -> None:
        """Start Azurite on the files in ``data`` and return when it answers.

        Raises :class:`LocalSystemError` when it is not installed or does not start.
        """
        if not is_installed():
            raise LocalSystemError("Azurite is not installed. Run 'make install'.")
        data.mkdir(parents=True, exist_ok=True)
        self._key = key
        for attempt in range(1, _ATTEMPTS + 1):
            self._ports = dict(zip(_SERVICES, free_ports(len(_SERVICES)), strict=True))
            self._process = ChildProcess(
                "Azurite",
                [str(NODE), str(AZURITE), *self._options(data)],
                environ={"PATH": os.defpath, "HOME": str(data), "AZURITE_ACCOUNTS": f"{ACCOUNT}:{key}"},
                directory=data,
                log=log,
                keep_open=keep_open,
            )
            try:
                self._process.wait_until(self._listens, _READY_SECONDS)
            except LocalSystemError:
                self._process.kill()
                # Somebody may have taken a port between our look and Azurite's start.
                if attempt == _ATTEMPTS:
                    raise
            except BaseException:
                self._process.kill()
                raise
            else:
                return

    @property
    def connection_string(self) -> str:
        """What a client of Azure Storage needs to reach it."""
        endpoints = (
            f"{service.capitalize()}Endpoint=http://127.0.0.1:{port}/{ACCOUNT};"
            for service, port in self._ports.items()
        )
        return f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={self._key};{''.join(endpoints)}"

    @property
    def process(self) -> ChildProcess:
        """The process."""
        return self._process

    def stop(self) -> None:
        """End it; what it was given to keep is on disk then."""
        self._process.stop(_STOP_SECONDS)

    def _listens(self) -> bool:
        return all(listens(port) for port in self._ports.values())

    def _options(self, data: Path) -> list[str]:
        ports = [part for service, port in self._ports.items() for part in (f"--{service}Port", str(port))]
        # Azure's clients speak newer versions of the protocol than Azurite has heard of, and need nothing of them.
        return ["--location", str(data), *ports, "--silent", "--disableTelemetry", "--skipApiVersionCheck"]
