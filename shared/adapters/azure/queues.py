"""Job messages on Azure Storage queues, as base64 text, which is what the Functions host expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azure.storage.queue import TextBase64EncodePolicy

from shared.adapters.azure.account import PING, created_on_demand, storage_faults

if TYPE_CHECKING:
    from datetime import timedelta

    from azure.storage.queue import QueueClient

    from shared.adapters.azure.account import StorageAccount
    from shared.domain.message import JobMessage

_SERVICE = "queue"
_FOREVER = -1


class AzureJobQueue:
    """A :class:`~shared.ports.JobQueue` in one storage account; queues appear when first written to."""

    def __init__(self, account: StorageAccount) -> None:
        self._account = account

    def send(self, queue: str, message: JobMessage, delay: timedelta | None = None) -> None:
        """Put a message on a queue, to be seen after a delay; it stays until it is taken up."""
        client, text = self._queue(queue), message.to_json()
        seconds = round(delay.total_seconds()) if delay else None
        with storage_faults(_SERVICE):
            created_on_demand(
                lambda: client.send_message(text, time_to_live=_FOREVER, visibility_timeout=seconds),
                client.create_queue,
            )

    def ping(self) -> None:
        """Raise :class:`~shared.errors.UnavailableError` when the queues do not answer."""
        with storage_faults(_SERVICE):
            next(iter(self._account.queues.list_queues(results_per_page=1, **PING)), None)

    def _queue(self, name: str) -> QueueClient:
        return self._account.queues.get_queue_client(name, message_encode_policy=TextBase64EncodePolicy())
