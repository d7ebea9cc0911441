"""A blob as a stream: read in ranges, so that its size does not matter, and always the same version of it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from shared.adapters.azure.account import storage_faults
from shared.errors import ConflictError, NotFoundError

if TYPE_CHECKING:
    from typing import Any, BinaryIO

    from azure.storage.blob import BlobClient

_RANGE_BYTES = 4 << 20
_CHANGED = 412


def open_blob(client: BlobClient) -> BinaryIO:
    """Return a blob as a seekable stream; raises :class:`NotFoundError` when it is not there."""
    return io.BufferedReader(_Ranges(client), _RANGE_BYTES)


class _Ranges(io.RawIOBase):
    """Reads a blob range by range, each of the version that was there at the beginning."""

    def __init__(self, client: BlobClient) -> None:
        self._client = client
        self._position = 0
        with storage_faults("blob"):
            try:
                properties = client.get_blob_properties()
            except ResourceNotFoundError as error:
                raise self._gone() from error
        self._size: int = properties.size
        self._unchanged: dict[str, Any] = {
            "etag": properties.etag,
            "match_condition": MatchConditions.IfNotModified,
        }

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(start + offset, 0)
        return self._position

    def readinto(self, buffer: Any, /) -> int:
        size = min(len(buffer), self._size - self._position)
        if size <= 0:
            return 0
        with storage_faults("blob"):
            try:
                data = self._client.download_blob(self._position, size, **self._unchanged).readall()
            except ResourceNotFoundError as error:
                raise self._gone() from error
            except HttpResponseError as error:
                if error.status_code != _CHANGED:
                    raise
                raise ConflictError(f"{self._name} was replaced while it was read.", code="blob_changed") from error
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def readall(self) -> bytes:
        # What is inherited would ask for a few kilobytes at a time.
        return b"".join(iter(lambda: self.read(_RANGE_BYTES) or b"", b""))

    @property
    def _name(self) -> str:
        return f"{self._client.container_name}/{self._client.blob_name}"

    def _gone(self) -> NotFoundError:
        return NotFoundError(f"There is no file {self._name}.", code="no_such_blob")
