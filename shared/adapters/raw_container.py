"""A blob store in which one container is somebody else's: it may lie in another account, and is never written to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from shared.errors import AppError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.ports import BlobInfo, BlobStore


@dataclass(frozen=True, slots=True)
class BlobsWithRawContainer:
    """A :class:`~shared.ports.BlobStore` of our ``own`` containers and of ``container``, which is read from ``raw``.

    Whatever would change that container, or copy from it, is refused here, before any credential is asked.
    """

    own: BlobStore
    raw: BlobStore
    container: str

    def prepare(self, container: str) -> None:
        """Make a container of our own."""
        self._own(container).prepare(container)

    def put(self, container: str, path: str, data: bytes | BinaryIO) -> None:
        """Write a blob of our own."""
        self._own(container).put(container, path, data)

    def put_new(self, container: str, path: str, data: bytes) -> bool:
        """Write a blob of our own only if none is there."""
        return self._own(container).put_new(container, path, data)

    def get(self, container: str, path: str) -> bytes:
        """Return a blob's bytes."""
        return self._reader(container).get(container, path)

    def open(self, container: str, path: str) -> BinaryIO:
        """Return a blob as a seekable stream."""
        return self._reader(container).open(container, path)

    def stat(self, container: str, path: str) -> BlobInfo | None:
        """Return what is known of a blob, or None when it is not there."""
        return self._reader(container).stat(container, path)

    def scan(self, container: str, prefix: str, *, uncommitted: bool = False) -> Iterator[BlobInfo]:
        """Yield what is known of the blobs that start with ``prefix``."""
        return self._reader(container).scan(container, prefix, uncommitted=uncommitted)

    def list(self, container: str, prefix: str) -> Iterator[str]:
        """Yield the paths of the blobs that start with ``prefix``."""
        return self._reader(container).list(container, prefix)

    def copy(self, source: tuple[str, str], target: tuple[str, str], etag: str) -> None:
        """Copy a blob of our own."""
        self._own(source[0])
        self._own(target[0]).copy(source, target, etag)

    def delete(self, container: str, path: str, etag: str | None = None) -> None:
        """Delete a blob of our own."""
        self._own(container).delete(container, path, etag)

    def ping(self) -> None:
        """Raise when our own store does not answer; without the other, only jobs with raw files have to wait."""
        self.own.ping()

    def _reader(self, container: str) -> BlobStore:
        return self.raw if container == self.container else self.own

    def _own(self, container: str) -> BlobStore:
        if container == self.container:
            raise AppError(
                f"The container {container} belongs to others and is only read.",
                code="raw_container_is_read_only",
                advice="This is a fault of the program: tell the operator what was asked for.",
            )
        return self.own
