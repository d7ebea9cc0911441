"""Files for notebooks: Spark has no connector to Azurite, so what they name is brought here, and taken back changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from devkit.adf.local.storage import Storage

_URI = re.compile(r"abfss://(?P<container>[^@/]+)@[^/]+/(?P<path>.*)")


class Stage:
    """A folder with a folder for each container."""

    def __init__(self, folder: Path, storage: Storage) -> None:
        self._folder = folder
        self._storage = storage
        self._outputs: list[tuple[str, str]] = []
        self._brought: dict[Path, tuple[int, int]] = {}

    async def bring(self, parameters: Mapping[str, str]) -> dict[str, str]:
        """Bring the files below the ``abfss://`` addresses among parameters; returns these for this machine."""
        self._folder.mkdir(parents=True, exist_ok=True)
        local = dict(parameters)
        for name, value in parameters.items():
            if not (found := _URI.fullmatch(value)):
                continue
            container, path = found["container"], found["path"]
            local[name] = f"file://{self._folder}/{container}/{path}"
            (self._folder / container / (path if path.endswith("/") else "")).mkdir(parents=True, exist_ok=True)
            self._outputs.append((container, path))
            await self._bring(container, path)
        return local

    async def take_back(self) -> None:
        """Store the files that are new or changed below the addresses, in the order in which they were written."""
        written: dict[Path, tuple[str, str]] = {}
        for container, prefix in self._outputs:
            root = self._folder / container
            for file in root.rglob("*"):
                path = file.relative_to(root).as_posix()
                # Hadoop keeps a checksum beside each local file.
                if not file.is_file() or file.suffix == ".crc":
                    continue
                if path.startswith(prefix) and _state(file) != self._brought.get(file):
                    written[file] = (container, path)
        for file in sorted(written, key=lambda each: each.stat().st_mtime_ns):
            await self._storage.upload(*written[file], file)

    async def _bring(self, container: str, prefix: str) -> None:
        for stored in await self._storage.files(container, prefix):
            file = self._folder / container / stored.path
            if file in self._brought:
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            await self._storage.download(container, stored.path, file)
            self._brought[file] = _state(file)


def _state(file: Path) -> tuple[int, int]:
    status = file.stat()
    return status.st_mtime_ns, status.st_size
