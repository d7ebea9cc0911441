"""One storage account: its clients, built when first used, and what its errors mean to us."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
)
from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient
from azure.storage.blob import LinearRetry as BlobRetry
from azure.storage.queue import LinearRetry as QueueRetry
from azure.storage.queue import QueueServiceClient

from shared.errors import AppError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from azure.core.credentials import TokenCredential

T = TypeVar("T")

#: A ping asks once and does not wait: it answers whether the service is there now.
PING: dict[str, Any] = {"retry_total": 0, "connection_timeout": 2, "read_timeout": 5}
_CONNECTION_TIMEOUT = 5
_RETRIES = 3
# A storage that takes a request and stays silent is asked once more and no further, so that a caller is told in time.
_RETRIES_WHEN_SILENT = 1
_RETRY: dict[str, Any] = {
    "backoff": 1,
    "random_jitter_range": 1,
    "retry_total": _RETRIES,
    "retry_read": _RETRIES_WHEN_SILENT,
}
_MISSING = 404
_NOT_NOW = frozenset({401, 403, 408, 429})


@dataclass(frozen=True)
class StorageAccount:
    """A storage account reached by a connection string, or by its name and a managed identity.

    ``patience`` is for how many seconds an answer may send nothing before it is given up.
    """

    connection_string: str | None = None
    name: str | None = None
    client_id: str | None = None
    patience: float = 10

    def __post_init__(self) -> None:
        if not (self.connection_string or self.name):
            raise AppError(
                "No storage account is named.",
                code="invalid_settings",
                advice="Set AzureWebJobsStorage (a connection string) or AzureWebJobsStorage__accountName.",
            )

    @cached_property
    def blobs(self) -> BlobServiceClient:
        """The client of the account's blobs."""
        options = {"retry_policy": BlobRetry(**_RETRY), **self._timeouts}
        if self.connection_string:
            return BlobServiceClient.from_connection_string(self.connection_string, **options)
        return BlobServiceClient(self._url("blob"), credential=self._credential, **options)

    @cached_property
    def queues(self) -> QueueServiceClient:
        """The client of the account's queues."""
        options = {"retry_policy": QueueRetry(**_RETRY), **self._timeouts}
        if self.connection_string:
            return QueueServiceClient.from_connection_string(self.connection_string, **options)
        return QueueServiceClient(self._url("queue"), credential=self._credential, **options)

    @cached_property
    def tables(self) -> TableServiceClient:
        """The client of the account's tables."""
        options = {"retry_total": _RETRIES, "retry_read": _RETRIES_WHEN_SILENT, **self._timeouts}
        if self.connection_string:
            return TableServiceClient.from_connection_string(self.connection_string, **options)
        return TableServiceClient(self._url("table"), credential=self._credential, **options)

    @property
    def data_lake(self) -> str:
        """The address by which Spark reaches the account's files, with ``{container}`` for a container."""
        return f"abfss://{{container}}@{self.blobs.account_name}.dfs.core.windows.net/"

    @property
    def _timeouts(self) -> dict[str, Any]:
        return {"connection_timeout": _CONNECTION_TIMEOUT, "read_timeout": self.patience}

    @cached_property
    def _credential(self) -> TokenCredential:
        # Slow to import, and not needed with a connection string.
        from azure.identity import DefaultAzureCredential  # noqa: PLC0415

        return DefaultAzureCredential(managed_identity_client_id=self.client_id)

    def _url(self, service: str) -> str:
        return f"https://{self.name}.{service}.core.windows.net"


@contextmanager
def storage_faults(service: str) -> Iterator[None]:
    """Turn "does not answer", "busy" and "not allowed" into :class:`UnavailableError`; pass on the rest."""
    try:
        yield
    except ClientAuthenticationError as error:
        raise _unavailable(service, error) from error
    except HttpResponseError as error:
        if error.status_code is None or error.status_code >= 500 or error.status_code in _NOT_NOW:
            raise _unavailable(service, error) from error
        raise
    except AzureError as error:
        raise _unavailable(service, error) from error


def _unavailable(service: str, error: AzureError) -> UnavailableError:
    return UnavailableError(
        f"The {service} storage does not answer as it should ({type(error).__name__}).",
        code="storage_unavailable",
        service=service,
    )


def created_on_demand(action: Callable[[], T], create: Callable[[], object]) -> T:
    """Run ``action``; where the container, queue or table it writes to is missing, create it and run again.

    So nothing has to be set up beforehand, and the usual case costs no extra call.
    """
    try:
        return action()
    except HttpResponseError as error:
        if error.status_code != _MISSING:
            raise
    with suppress(ResourceExistsError):
        create()
    return action()
