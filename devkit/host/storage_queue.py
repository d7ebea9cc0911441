"""A storage queue as the host uses it: raw message texts, calls in threads, queues created when missing."""

from __future__ import annotations

import asyncio
import base64
import binascii
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from azure.core.exceptions import AzureError, HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import LinearRetry, QueueClient

if TYPE_CHECKING:
    from collections.abc import Callable

    from azure.storage.queue import QueueMessage

_Result = TypeVar("_Result")
_QUEUE_NOT_FOUND = "QueueNotFound"
_GONE = {"PopReceiptMismatch", "MessageNotFound", _QUEUE_NOT_FOUND, "QueueBeingDeleted", "QueueDisabled"}


class LostMessageError(Exception):
    """The message is no longer ours: its lease ran out and another took it, or it is gone."""


class StorageQueue:
    """One queue of a storage account; what the storage refuses is raised as azure.core's AzureError."""

    def __init__(self, client: QueueClient) -> None:
        self._client = client

    @property
    def name(self) -> str:
        """The queue's name."""
        return str(self._client.queue_name)

    async def receive(self, limit: int, lease: int) -> list[QueueMessage]:
        """Take up to ``limit`` messages, which no one else then sees for ``lease`` seconds."""

        def take() -> list[QueueMessage]:
            return list(
                self._client.receive_messages(messages_per_page=limit, max_messages=limit, visibility_timeout=lease)
            )

        return await self._creating(take)

    async def send(self, text: str) -> None:
        """Put a message on the queue as it is."""
        await self._creating(self._client.send_message, text)

    async def hide(self, message: QueueMessage, seconds: int) -> None:
        """Keep a message of ours out of sight for that long, and hold its new receipt.

        Raises :class:`LostMessageError`.
        """
        updated = await _owned(
            self._client.update_message,
            message.id,
            pop_receipt=message.pop_receipt,
            visibility_timeout=seconds,
        )
        message.pop_receipt = updated.pop_receipt

    async def delete(self, message: QueueMessage) -> None:
        """Delete a message of ours; raises :class:`LostMessageError`."""
        await _owned(self._client.delete_message, message.id, message.pop_receipt)

    async def _creating(self, call: Callable[..., _Result], *arguments: Any) -> _Result:
        try:
            return await asyncio.to_thread(call, *arguments)
        except ResourceNotFoundError as error:
            if storage_code(error) != _QUEUE_NOT_FOUND:
                raise
        with suppress(ResourceExistsError):  # Another may have created it in the meantime.
            await asyncio.to_thread(self._client.create_queue)
        return await asyncio.to_thread(call, *arguments)


@cache
def open_queue(connection: str, name: str) -> StorageQueue:
    """Return a queue of the account that a connection string names; it is reached only when used."""
    # Few and quick retries: a listener polls again anyway, and a lease must not run out while a call waits.
    retry = LinearRetry(backoff=1, retry_total=1, random_jitter_range=0)
    return StorageQueue(
        QueueClient.from_connection_string(connection, name, retry_policy=retry, connection_timeout=5, read_timeout=20)
    )


def encode_body(body: bytes, encoding: str) -> str:
    """Return the text of a message: base64, or with ``none`` the body itself."""
    return base64.b64encode(body).decode() if encoding == "base64" else body.decode()


def decode_body(text: str, encoding: str) -> bytes:
    """Return the body of a message; raises ValueError when its text is not base64 though it should be."""
    if encoding == "none":
        return text.encode()
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("the message is not base64") from None


async def _owned(call: Callable[..., _Result], *arguments: Any, **options: Any) -> _Result:
    try:
        return await asyncio.to_thread(call, *arguments, **options)
    except HttpResponseError as error:
        if storage_code(error) in _GONE:
            raise LostMessageError from error
        raise


def storage_code(error: AzureError) -> str:
    """Return the storage's own word for an error, such as AuthenticationFailed, or else the error's class."""
    code = getattr(error, "error_code", None) or type(error).__name__
    # Those it knows are members of an enumeration, which hash unlike the texts that they equal.
    return str(getattr(code, "value", code))
