"""The storage account: files by container and path."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from azure.core.exceptions import AzureError, ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobServiceClient, LinearRetry

from devkit.adf.errors import ActivityError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path
    from typing import TypeVar

    T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file: its container, path, size in bytes, and when it was last written."""

    container: str
    path: str
    size: int
    modified: datetime
    version: str


class Storage:
    """Lists, reads and writes files; a failure of the storage is an :class:`ActivityError`."""

    def __init__(self, connection_string: str) -> None:
        # Azurite answers at once or not at all.
        retry = LinearRetry(backoff=1, retry_total=1, random_jitter_range=0)
        self._service = BlobServiceClient.from_connection_string(connection_string, retry_policy=retry)
        self._made: set[str] = set()

    async def files(self, container: str, prefix: str) -> list[StoredFile]:
        """Return the files whose paths begin with ``prefix``, by path; none when there is no such container."""
        return await _in_thread(lambda: self._files(container, prefix))

    async def read(self, container: str, path: str) -> bytes:
        """Return the content of a file."""
        client = self._service.get_blob_client(container, path)
        return await _in_thread(lambda: client.download_blob().readall())

    async def download(self, container: str, path: str, file: Path) -> None:
        """Write the content of a stored file to one on this machine."""
        client = self._service.get_blob_client(container, path)

        def work() -> None:
            with file.open("wb") as output:
                client.download_blob().readinto(output)

        await _in_thread(work)

    async def upload(self, container: str, path: str, file: Path) -> None:
        """Store a file of this machine, in place of one that is there; its container is made if need be."""
        client = self._service.get_blob_client(container, path)

        def work() -> None:
            self._make_container(container)
            with file.open("rb") as content:
                client.upload_blob(content, overwrite=True)

        await _in_thread(work)

    def _make_container(self, name: str) -> None:
        """Make a container unless it is there: they come with the deployment in Azure, with their first file here."""
        if name not in self._made:
            with suppress(ResourceExistsError):
                self._service.create_container(name)
            self._made.add(name)

    def _files(self, container: str, prefix: str) -> list[StoredFile]:
        try:
            found = list(self._service.get_container_client(container).list_blobs(prefix))
        except ResourceNotFoundError:
            return []
        return [StoredFile(container, each.name, each.size, each.last_modified, each.etag) for each in found]


async def _in_thread(work: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(work)
    except ResourceNotFoundError as error:
        raise ActivityError(f"The file or container does not exist ({error.reason}).", "PathNotFound") from None
    except AzureError as error:
        raise ActivityError(f"The storage does not answer ({type(error).__name__}).", "StorageUnavailable") from None
