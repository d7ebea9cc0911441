"""Job messages on Azure Storage queues, as base64 text, which is what the Functions host expects."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.storage.queue import TextBase64EncodePolicy

from shared.adapters.azure.account import PING, created_on_demand, storage_faults
from shared.ports import HeldMessage

if TYPE_CHECKING:
    from datetime import timedelta

    from azure.storage.queue import QueueClient

    from shared.adapters.azure.account import StorageAccount
    from shared.domain.message import JobMessage

_SERVICE = "queue"
_FOREVER = -1
# A receipt that is none any more is a bad request, a message that is gone is missing.
_LOST = frozenset({400, 404})


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

    def send_held(self, queue: str, message: JobMessage, hold: timedelta) -> HeldMessage:
        """Put a message on a queue that nobody sees for a while; to hold it counts as its first try."""
        client, text = self._queue(queue), message.to_json()
        with storage_faults(_SERVICE):
            sent = created_on_demand(
                lambda: client.send_message(
                    text, time_to_live=_FOREVER, visibility_timeout=round(hold.total_seconds())
                ),
                client.create_queue,
            )
        return HeldMessage(sent.id, str(sent.pop_receipt), 1, text, base64.b64encode(text.encode()).decode())

    def receive(self, queue: str, hold: timedelta) -> HeldMessage | None:
        """Take a message that can be seen and keep others from seeing it; None when there is none."""
        with storage_faults(_SERVICE):
            try:
                found = self._raw_queue(queue).receive_message(visibility_timeout=round(hold.total_seconds()))
            except ResourceNotFoundError:
                return None
        if found is None:
            return None
        raw = str(found.content)
        return HeldMessage(found.id, str(found.pop_receipt), int(found.dequeue_count or 0), _decoded(raw), raw)

    def hold(self, queue: str, message_id: str, receipt: str, hold: timedelta) -> str | None:
        """Hold a message for that long from now, not at all with zero; returns the new receipt, None if it is lost."""
        seconds = round(hold.total_seconds())
        with storage_faults(_SERVICE):
            try:
                held = self._raw_queue(queue).update_message(message_id, receipt, visibility_timeout=seconds)
            except HttpResponseError as error:
                if error.status_code in _LOST:
                    return None
                raise
        return str(held.pop_receipt)

    def remove(self, queue: str, message_id: str, receipt: str) -> bool:
        """Delete a message; returns False when somebody else has it by now, or it is gone."""
        with storage_faults(_SERVICE):
            try:
                self._raw_queue(queue).delete_message(message_id, receipt)
            except HttpResponseError as error:
                if error.status_code in _LOST:
                    return False
                raise
        return True

    def set_aside(self, queue: str, message_id: str, receipt: str, raw: str) -> None:
        """Move a message to the queue's poison queue, its body as it is."""
        poison = self._raw_queue(f"{queue}-poison")
        with storage_faults(_SERVICE):
            created_on_demand(lambda: poison.send_message(raw, time_to_live=_FOREVER), poison.create_queue)
        self.remove(queue, message_id, receipt)

    def ping(self) -> None:
        """Raise :class:`~shared.errors.UnavailableError` when the queues do not answer."""
        with storage_faults(_SERVICE):
            next(iter(self._account.queues.list_queues(results_per_page=1, **PING)), None)

    def _queue(self, name: str) -> QueueClient:
        return self._account.queues.get_queue_client(name, message_encode_policy=TextBase64EncodePolicy())

    def _raw_queue(self, name: str) -> QueueClient:
        return self._account.queues.get_queue_client(name)


def _decoded(raw: str) -> str | None:
    try:
        return base64.b64decode(raw, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
