"""Files for notebooks: Spark has no connector to Azurite, so what they name is brought here, and taken back changed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
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
        """Bring the files that ``abfss://`` addresses among parameters name; returns the parameters for this machine.

        Where an address names a JSON file, the files that it lists by ``container`` and ``path`` or ``prefix`` come
        with it. An address whose container is still open, ``{container}``, brings nothing.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        local = dict(parameters)
        for name, value in parameters.items():
            if not (found := _URI.fullmatch(value)):
                continue
            container, path = found["container"], found["path"]
            local[name] = f"file://{self._folder}/{container}/{path}"
            if container.startswith("{"):
                continue
            (self._folder / container / (path if path.endswith("/") else "")).mkdir(parents=True, exist_ok=True)
            self._outputs.append((container, path))
            await self._bring(container, path)
            if path.endswith(".json"):
                await self._bring_listed(self._folder / container / path)
        return local

    async def take_back(self) -> None:
        """Store the files that are new or changed below the addresses, in the order in which they were written."""
        written: dict[Path, tuple[str, str]] = {}
        for container, prefix in self._outputs:
            root = self._folder / container
            for file in root.rglob("*"):
                path = file.relative_to(root).as_posix()
                if file.is_file() and path.startswith(prefix) and _state(file) != self._brought.get(file):
                    written[file] = (container, path)
        for file in sorted(written, key=lambda each: each.stat().st_mtime_ns):
            if not file.name.startswith(".") or not file.name.endswith(".crc"):
                await self._storage.upload(*written[file], file)

    async def _bring(self, container: str, prefix: str) -> None:
        for stored in await self._storage.files(container, prefix):
            file = self._folder / container / stored.path
            if file in self._brought:
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            await self._storage.download(container, stored.path, file)
            self._brought[file] = _state(file)

    async def _bring_listed(self, listing: Path) -> None:
        if not listing.is_file():
            return
        for container, prefix in _places(json.loads(listing.read_text(encoding="utf-8"))):
            await self._bring(container, prefix)


def _places(content: Any) -> Iterator[tuple[str, str]]:
    if isinstance(content, dict):
        container, path = content.get("container"), content.get("path") or content.get("prefix")
        if isinstance(container, str) and isinstance(path, str):
            yield container, path
    children = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    for child in children:
        yield from _places(child)


def _state(file: Path) -> tuple[int, int]:
    status = file.stat()
    return status.st_mtime_ns, status.st_size
