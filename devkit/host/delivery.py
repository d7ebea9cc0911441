"""One received message: its lease while a function works on it, and how it ends."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING

from azure.core.exceptions import AzureError
from azure.functions.meta import Datum

from devkit.host.invoke import Trigger
from devkit.host.storage_queue import LostMessageError, decode_body, storage_code

if TYPE_CHECKING:
    from datetime import datetime

    from azure.storage.queue import QueueMessage

    from devkit.host.host_json import QueueOptions
    from devkit.host.invoke import Invoker
    from devkit.host.load import LoadedFunction
    from devkit.host.storage_queue import StorageQueue

_log = logging.getLogger(__name__)


class Delivery:
    """A message in our hands, until it is deleted, hidden for a retry, or moved to poison.

    Without a poison queue, a message that fails stays hidden for the rest of its lease, each time anew.
    """

    def __init__(
        self,
        message: QueueMessage,
        queue: StorageQueue,
        poison: StorageQueue | None,
        options: QueueOptions,
        lease: int,
    ) -> None:
        self._message = message
        self._queue = queue
        self._poison = poison
        self._options = options
        self._lease = lease
        self._ended = asyncio.Event()

    async def process(self, function: LoadedFunction, invoker: Invoker) -> None:
        """Invoke the function for the message and settle the message by the outcome.

        A storage that does not answer is logged: the message then comes back when its lease runs out.
        """
        try:
            await self._process(function, invoker)
        except LostMessageError:
            _log.warning("message lost to another receiver", extra={"fields": self._fields})
        except AzureError as error:
            _log.error("message not settled", extra={"fields": {**self._fields, "code": storage_code(error)}})

    async def give_back(self) -> None:
        """Make the message visible again at once, unprocessed."""
        await self._queue.hide(self._message, 0)

    async def _process(self, function: LoadedFunction, invoker: Invoker) -> None:
        deliveries = self._message.dequeue_count or 0
        if deliveries > self._options.max_dequeue_count:
            return await self._bury("it was delivered too often")
        try:
            body = decode_body(self._message.content, self._options.message_encoding)
        except ValueError as error:
            return await self._bury(str(error))
        if await self._invoke(function, invoker, body) is None:
            return await self._queue.delete(self._message)
        if deliveries >= self._options.max_dequeue_count or self._poison is None:
            return await self._bury("its function failed")
        return await self._queue.hide(self._message, int(self._options.visibility_timeout.total_seconds()))

    async def _invoke(self, function: LoadedFunction, invoker: Invoker, body: bytes) -> Exception | None:
        keeping = asyncio.create_task(self._keep_lease())
        try:
            return await invoker.invoke(function, queue_trigger(self._message, self._queue.name, body))
        finally:
            # A renewal under way is waited for: it changes the receipt that settling the message needs.
            self._ended.set()
            await keeping

    async def _keep_lease(self) -> None:
        wait = half = self._lease / 2
        while not await self._ends_within(wait):
            try:
                await self._queue.hide(self._message, self._lease)
                wait = half
            except LostMessageError:
                _log.warning("lease lost", extra={"fields": self._fields})
                return
            except AzureError as error:
                wait = max(wait / 2, self._lease / 20)
                _log.warning("lease not renewed", extra={"fields": {**self._fields, "code": storage_code(error)}})

    async def _ends_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                return await self._ended.wait()
        except TimeoutError:
            return False

    async def _bury(self, reason: str) -> None:
        if self._poison is None:
            # What fails on a poison queue has nowhere to go; its lease keeps it from failing again at once.
            _log.error("message left to its lease", extra={"fields": {**self._fields, "reason": reason}})
            return
        _log.error("message moved to poison", extra={"fields": {**self._fields, "reason": reason}})
        await self._poison.send(self._message.content)
        await self._queue.delete(self._message)

    @property
    def _fields(self) -> dict[str, object]:
        return {
            "queue": self._queue.name,
            "messageId": self._message.id,
            "dequeueCount": self._message.dequeue_count,
        }


def queue_trigger(message: QueueMessage, queue: str, body: bytes) -> Trigger:
    """Return what starts an invocation for a message, with the metadata that its argument shows."""
    texts = {
        "Id": message.id,
        "PopReceipt": message.pop_receipt,
        "InsertionTime": _iso(message.inserted_on),
        "ExpirationTime": _iso(message.expires_on),
        "NextVisibleTime": _iso(message.next_visible_on),
    }
    metadata = {name: Datum(value, "string") for name, value in texts.items() if value is not None}
    if message.dequeue_count is not None:
        metadata["DequeueCount"] = Datum(message.dequeue_count, "int")
    fields = {"queueTrigger": body.decode(errors="replace"), "id": message.id or "", **_members(body)}
    return Trigger(Datum(body, "bytes"), f"message on {queue}", metadata, fields)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment is not None else None


def _members(body: bytes) -> dict[str, str]:
    try:
        content = json.loads(body)
    except ValueError:
        return {}
    if not isinstance(content, dict):
        return {}
    return {name: str(value) for name, value in content.items() if isinstance(value, str | int | float)}
