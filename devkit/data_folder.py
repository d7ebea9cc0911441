"""The folder of a local system: its data, secrets and logs, and whether a system is using it."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from devkit.errors import LocalSystemError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a system has to find again at its next start: the storage account's key and the token key."""

    storage_key: str
    token_key: str


@dataclass(frozen=True, slots=True)
class DataFolder:
    """A folder that one local system at a time can use. All files that hold a secret are readable by the owner only."""

    path: Path

    @property
    def storage(self) -> Path:
        """Where Azurite keeps its files."""
        return self.path / "azurite"

    @property
    def warehouse(self) -> Path:
        """The DuckDB file."""
        return self.path / "warehouse.duckdb"

    @property
    def address_file(self) -> Path:
        """Where a running system says how to reach it."""
        return self.path / "local.json"

    def log(self, name: str) -> Path:
        """Return the log file of a process."""
        return self._logs / f"{name}.log"

    @contextmanager
    def in_use(self, patience: float = 30) -> Iterator[int]:
        """Use the folder alone; gives a file descriptor that children keep open, so that the use ends with the last.

        Raises :class:`LocalSystemError` when another system uses the folder. One that has just lost its supervisor is
        waited for, up to ``patience`` seconds.
        """
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._logs.mkdir(exist_ok=True)
        lock = os.open(self._lock_file, os.O_RDWR | os.O_CREAT, _OWNER_ONLY)
        try:
            end = time.monotonic() + patience
            while not _locked(lock):
                if self.user is not None or time.monotonic() > end:
                    raise LocalSystemError(self._occupied())
                time.sleep(0.1)
            os.ftruncate(lock, 0)
            os.pwrite(lock, str(os.getpid()).encode(), 0)
            self.forget_address()
            self._put_logs_aside()
            yield lock
        finally:
            os.close(lock)

    @property
    def is_used(self) -> bool:
        """Whether a system uses the folder, or processes of one that was killed are still there."""
        if not self._lock_file.exists():
            return False
        lock = os.open(self._lock_file, os.O_RDWR)
        try:
            return not _locked(lock)
        finally:
            os.close(lock)

    @property
    def user(self) -> int | None:
        """The id of the process that uses the folder, or None."""
        if not self.is_used:
            return None
        text = self._lock_file.read_text(encoding="ascii")
        return int(text) if text and _exists(int(text)) else None

    @property
    def address(self) -> dict[str, Any] | None:
        """What the running system said of itself, or None before it is ready."""
        try:
            return json.loads(self.address_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def announce_address(self, address: dict[str, Any]) -> None:
        """Write the address file, whole or not at all."""
        _write_privately(self.address_file, address)

    def forget_address(self) -> None:
        """Remove the address file."""
        self.address_file.unlink(missing_ok=True)

    def secrets(self) -> Secrets:
        """Return the folder's secrets, generated at the first call."""
        file = self.path / "secrets.json"
        if not file.exists():
            generated = {"storageKey": _random_key(64), "tokenKey": _random_key(32)}
            _write_privately(file, generated)
        content = json.loads(file.read_text(encoding="utf-8"))
        return Secrets(storage_key=content["storageKey"], token_key=content["tokenKey"])

    @property
    def _logs(self) -> Path:
        return self.path / "logs"

    @property
    def _lock_file(self) -> Path:
        return self.path / "lock"

    def _put_logs_aside(self) -> None:
        for log in self._logs.glob("*.log"):
            log.replace(log.with_suffix(".previous"))

    def _occupied(self) -> str:
        address = self.address
        place = f" at {address['baseUrl']}" if address else ""
        return f"Strata already runs{place} (process {self.user}). Stop it with 'make down'."


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _random_key(size: int) -> str:
    return base64.b64encode(secrets.token_bytes(size)).decode()


def _write_privately(file: Path, content: dict[str, Any]) -> None:
    draft = file.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as output:
        json.dump(content, output, indent=2)
        output.write("\n")
    draft.replace(file)
