"""Tells the host of new files in the landing container, as Event Grid does in Azure: Azurite raises no events."""

from __future__ import annotations

import threading
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

import httpx
from azure.core.exceptions import AzureError, ResourceExistsError
from azure.storage.blob import BlobServiceClient, LinearRetry

from functions.events import TAKE_UP

if TYPE_CHECKING:
    from azure.storage.blob import BlobProperties

_PAUSE_SECONDS = 0.5
_TOPIC = "/subscriptions/local/resourceGroups/local/providers/Microsoft.Storage/storageAccounts"


class LandingPoller:
    """Looks into the landing container again and again, in a thread of its own.

    A file that the host did not take note of is told of again at the next look, and so are all that lie there when it
    is started: like Event Grid, it tells of a file at least once.
    """

    def __init__(self, connection_string: str, container: str, base_url: str, key: str) -> None:
        """Prepare to tell the host at ``base_url``, which asks for a key."""
        retry = LinearRetry(backoff=1, retry_total=1, random_jitter_range=0)
        service = BlobServiceClient.from_connection_string(connection_string, retry_policy=retry)
        self._container = service.get_container_client(container)
        self._webhook = f"{base_url}/runtime/webhooks/EventGrid"
        headers = {"x-functions-key": key, "aeg-event-type": "Notification"}
        self._host = httpx.Client(params={"functionName": TAKE_UP}, headers=headers, timeout=60, trust_env=False)
        self._told: set[tuple[str, str]] = set()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="landing", daemon=True)

    def __enter__(self) -> Self:
        """Make the container, so that files can be dropped there, and start looking."""
        with suppress(ResourceExistsError):
            self._container.create_container()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop looking."""
        self._stopping.set()
        self._thread.join()
        self._host.close()
        self._container.close()

    def _run(self) -> None:
        while not self._stopping.wait(_PAUSE_SECONDS):
            with suppress(AzureError):
                self._look()

    def _look(self) -> None:
        found = {(blob.name, blob.etag): blob for blob in self._container.list_blobs()}
        self._told &= found.keys()
        for version in found.keys() - self._told:
            if self._stopping.is_set():
                break
            if self._tell(found[version]):
                self._told.add(version)

    def _tell(self, blob: BlobProperties) -> bool:
        with suppress(httpx.TransportError):
            return self._host.post(self._webhook, json=[self._event(blob)]).status_code == httpx.codes.ACCEPTED
        return False

    def _event(self, blob: BlobProperties) -> dict[str, Any]:
        return {
            "topic": f"{_TOPIC}/{self._container.account_name}",
            "subject": f"/blobServices/default/containers/{blob.container}/blobs/{blob.name}",
            "eventType": "Microsoft.Storage.BlobCreated",
            "id": str(uuid.uuid4()),
            "eventTime": datetime.now(UTC).isoformat(),
            "dataVersion": "",
            "metadataVersion": "1",
            "data": {
                "api": "PutBlob",
                "eTag": blob.etag,
                "contentLength": blob.size,
                "blobType": str(blob.blob_type),
                "url": self._container.get_blob_client(blob.name).url,
            },
        }
