"""The listener of a queue trigger: receives in batches, bounds what runs at once, and backs off when idle."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from azure.core.exceptions import AzureError

from devkit.host.backoff import PollingBackoff
from devkit.host.delivery import Delivery
from devkit.host.storage_queue import LostMessageError, open_queue, storage_code

if TYPE_CHECKING:
    from devkit.host.host_json import QueueOptions
    from devkit.host.invoke import Invoker
    from devkit.host.load import LoadedFunction

_log = logging.getLogger(__name__)
_POISON = "-poison"


class QueueListener:
    """Feeds one function from its queue.

    At most ``batch_size + new_batch_threshold`` of its messages are at work at once: a new batch is received
    when no more than ``new_batch_threshold`` are left of the earlier ones.
    """

    def __init__(
        self, function: LoadedFunction, invoker: Invoker, options: QueueOptions, connection: str, lease: int
    ) -> None:
        self._function = function
        self._invoker = invoker
        self._options = options
        self._lease = lease
        self.queue_name: str = function.trigger["queueName"]
        self._queue = open_queue(connection, self.queue_name)
        poison = not self.queue_name.endswith(_POISON)
        self._poison = open_queue(connection, self.queue_name + _POISON) if poison else None
        self._backoff = PollingBackoff(options.max_polling_interval.total_seconds())
        self._at_work: set[asyncio.Task[None]] = set()
        self._awake = asyncio.Event()
        self._stopping = False

    async def run(self) -> None:
        """Receive and process until stopped; returns when the messages at work are settled."""
        try:
            while not self._stopping:
                if await self._receive():
                    self._backoff.reset()
                    await self._make_room()
                else:
                    await self._rest(self._backoff.next_delay())
            await asyncio.gather(*self._at_work)
        finally:
            for task in self._at_work:
                task.cancel()

    def stop(self) -> None:
        """Receive nothing more."""
        self._stopping = True
        self._awake.set()

    def wake(self) -> None:
        """Poll now, because a message was sent."""
        self._awake.set()

    async def _receive(self) -> bool:
        self._awake.clear()
        try:
            messages = await self._queue.receive(self._options.batch_size, self._lease)
        except AzureError as error:
            fields = {"queue": self.queue_name, "code": storage_code(error)}
            _log.warning("queue cannot be read", extra={"fields": fields})
            return False
        for message in messages:
            delivery = Delivery(message, self._queue, self._poison, self._options, self._lease)
            if self._stopping:
                await self._give_back(delivery)
                continue
            task = asyncio.create_task(delivery.process(self._function, self._invoker))
            self._at_work.add(task)
            task.add_done_callback(self._at_work.discard)
        return bool(messages)

    async def _give_back(self, delivery: Delivery) -> None:
        try:
            await delivery.give_back()
        except (AzureError, LostMessageError):
            _log.warning("message left to its lease", extra={"fields": {"queue": self.queue_name}})

    async def _make_room(self) -> None:
        while len(self._at_work) > self._options.new_batch_threshold and not self._stopping:
            await asyncio.wait(self._at_work, return_when=asyncio.FIRST_COMPLETED)

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._awake.wait()
        except TimeoutError:
            pass
