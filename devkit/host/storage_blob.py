"""Blobs as the host uses them: small contents, containers created when missing."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobServiceClient, LinearRetry

if TYPE_CHECKING:
    from azure.storage.blob import ContainerClient


def read_blob(connection: str, path: str) -> bytes | None:
    """Return the content of ``container/blob``, None when there is none."""
    container, name = _locate(connection, path)
    with container:
        try:
            return container.download_blob(name).readall()
        except ResourceNotFoundError:
            return None


def write_blob(connection: str, path: str, content: bytes) -> None:
    """Write ``container/blob``, replacing what stood there."""
    container, name = _locate(connection, path)
    with container:
        with suppress(ResourceExistsError):
            container.create_container()
        container.upload_blob(name, content, overwrite=True)


def _locate(connection: str, path: str) -> tuple[ContainerClient, str]:
    container, _, name = path.partition("/")
    retry = LinearRetry(backoff=1, retry_total=1, random_jitter_range=0)
    service = BlobServiceClient.from_connection_string(connection, retry_policy=retry)
    return service.get_container_client(container), name
