"""Files in Azure Blob Storage."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, BinaryIO

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceModifiedError, ResourceNotFoundError

from shared.adapters.azure.account import PING, created_on_demand, storage_faults
from shared.adapters.azure.blob_stream import open_blob
from shared.errors import ConflictError, NotFoundError, UnavailableError
from shared.ports import BlobInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azure.storage.blob import BlobClient, BlobProperties

    from shared.adapters.azure.account import StorageAccount

_SERVICE = "blob"
# The source is another one by now, or the target is there already.
_REFUSED_COPY = frozenset({409, 412})
_COPY_PAUSE_SECONDS = 0.5


class AzureBlobStore:
    """A :class:`~shared.ports.BlobStore` in one storage account; containers appear when first written to."""

    def __init__(self, account: StorageAccount) -> None:
        self._account = account

    def prepare(self, container: str) -> None:
        """Make a container that others are to write to; one that is there already is no error."""
        with storage_faults(_SERVICE), suppress(ResourceExistsError):
            self._account.blobs.create_container(container)

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
                raise _no_such_blob((container, path)) from error

    def open(self, container: str, path: str) -> BinaryIO:
        """Return a blob as a seekable stream that holds a few megabytes at a time."""
        return open_blob(self._blob(container, path))

    def stat(self, container: str, path: str) -> BlobInfo | None:
        """Return what is known of a blob, or None when it is not there."""
        with storage_faults(_SERVICE):
            try:
                return _info(self._blob(container, path).get_blob_properties())
            except ResourceNotFoundError:
                return None

    def scan(self, container: str, prefix: str, *, uncommitted: bool = False) -> Iterator[BlobInfo]:
        """Yield what is known of the blobs that start with ``prefix``, in path order."""
        include = ["uncommittedblobs"] if uncommitted else []
        with storage_faults(_SERVICE):
            client = self._account.blobs.get_container_client(container)
            with suppress(ResourceNotFoundError):
                yield from map(_info, client.list_blobs(name_starts_with=prefix, include=include))

    def copy(self, source: tuple[str, str], target: tuple[str, str], etag: str) -> None:
        """Copy a blob within the account; see :meth:`shared.ports.BlobStore.copy`."""
        client, address = self._blob(*target), self._blob(*source).url
        conditions: dict[str, Any] = {
            "source_etag": etag,
            "source_match_condition": MatchConditions.IfNotModified,
            "match_condition": MatchConditions.IfMissing,
        }
        with storage_faults(_SERVICE):
            try:
                created_on_demand(
                    lambda: client.start_copy_from_url(address, **conditions),
                    lambda: self._account.blobs.create_container(target[0]),
                )
            except ResourceNotFoundError as error:
                raise _no_such_blob(source) from error
            except HttpResponseError as error:
                if error.status_code not in _REFUSED_COPY:
                    raise
                if self.stat(*target) is None:
                    raise ConflictError(f"{'/'.join(source)} was replaced meanwhile.", code="blob_changed") from error
            _await_copy(client)

    def list(self, container: str, prefix: str) -> Iterator[str]:
        """Yield the paths of the blobs that start with ``prefix``, in path order."""
        with storage_faults(_SERVICE):
            client = self._account.blobs.get_container_client(container)
            with suppress(ResourceNotFoundError):
                yield from client.list_blob_names(name_starts_with=prefix)

    def delete(self, container: str, path: str, etag: str | None = None) -> None:
        """Delete a blob, with an etag only if it is still that one; deleting a missing one is no error."""
        unchanged: dict[str, Any] = {"etag": etag, "match_condition": MatchConditions.IfNotModified} if etag else {}
        with storage_faults(_SERVICE), suppress(ResourceNotFoundError, ResourceModifiedError):
            self._blob(container, path).delete_blob(**unchanged)

    def ping(self) -> None:
        """Raise :class:`~shared.errors.UnavailableError` when the store does not answer."""
        with storage_faults(_SERVICE):
            next(iter(self._account.blobs.list_containers(results_per_page=1, **PING)), None)

    def _blob(self, container: str, path: str) -> BlobClient:
        return self._account.blobs.get_blob_client(container, path)


def _info(properties: BlobProperties) -> BlobInfo:
    # A list gives it without the quotation marks that a condition needs.
    etag = f'"{properties.etag.strip(chr(34))}"'
    return BlobInfo(properties.name, properties.size, etag, properties.last_modified)


def _await_copy(client: BlobClient) -> None:
    """Wait until what is there is whole; within an account that is at once, but nobody promises it."""
    while (status := client.get_blob_properties().copy.status) == "pending":
        time.sleep(_COPY_PAUSE_SECONDS)
    if status not in {None, "success"}:
        client.delete_blob()
        raise UnavailableError(f"The storage did not finish a copy ({status}).", code="storage_unavailable")


def _no_such_blob(place: tuple[str, str]) -> NotFoundError:
    return NotFoundError(f"There is no file {'/'.join(place)}.", code="no_such_blob")
