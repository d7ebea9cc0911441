"""Files in Azure Blob Storage."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError

from shared.adapters.azure.account import PING, created_on_demand, storage_faults
from shared.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azure.storage.blob import BlobClient

    from shared.adapters.azure.account import StorageAccount

_SERVICE = "blob"


class AzureBlobStore:
    """A :class:`~shared.ports.BlobStore` in one storage account; containers appear when first written to."""

    def __init__(self, account: StorageAccount) -> None:
        self._account = account

    def put(self, container: str, path: str, data: bytes | BinaryIO) -> None:
        """Write a blob, replacing what stood there; a stream is sent from where it stands."""
        start = 0 if isinstance(data, bytes) else data.tell()

        def write() -> None:
            if not isinstance(data, bytes):
                data.seek(start)
            self._blob(container, path).upload_blob(data, overwrite=True)

        with storage_faults(_SERVICE):
            created_on_demand(write, lambda: self._account.blobs.create_container(container))

    def put_new(self, container: str, path: str, data: bytes) -> bool:
        """Write a blob only if none is there, atomically; returns whether it was written."""
        with storage_faults(_SERVICE):
            try:
                created_on_demand(
                    lambda: self._blob(container, path).upload_blob(data, overwrite=False),
                    lambda: self._account.blobs.create_container(container),
                )
            except ResourceExistsError:
                return False
            return True

    def get(self, container: str, path: str) -> bytes:
        """Return a blob's bytes; raises :class:`NotFoundError` when it is not there."""
        with storage_faults(_SERVICE):
            try:
                return self._blob(container, path).download_blob().readall()
            except ResourceNotFoundError as error:
                raise NotFoundError(f"There is no file {container}/{path}.", code="no_such_blob") from error

    def list(self, container: str, prefix: str) -> Iterator[str]:
        """Yield the paths of the blobs that start with ``prefix``, in path order."""
        with storage_faults(_SERVICE):
            client = self._account.blobs.get_container_client(container)
            with suppress(ResourceNotFoundError):
                yield from client.list_blob_names(name_starts_with=prefix)

    def delete(self, container: str, path: str) -> None:
        """Delete a blob; deleting a missing one is no error."""
        with storage_faults(_SERVICE), suppress(ResourceNotFoundError):
            self._blob(container, path).delete_blob()

    def ping(self) -> None:
        """Raise :class:`~shared.errors.UnavailableError` when the store does not answer."""
        with storage_faults(_SERVICE):
            next(iter(self._account.blobs.list_containers(results_per_page=1, **PING)), None)

    def _blob(self, container: str, path: str) -> BlobClient:
        return self._account.blobs.get_blob_client(container, path)
