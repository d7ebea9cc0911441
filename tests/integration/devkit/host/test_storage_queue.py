from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING

import pytest

from devkit.host.storage_queue import LostMessageError, StorageQueue, open_queue

if TYPE_CHECKING:
    from devkit.azurite.server import Azurite


@pytest.fixture
def queue(azurite: Azurite) -> StorageQueue:
    return open_queue(azurite.connection_string, f"t{uuid.uuid4().hex}")


def test_a_missing_queue_is_created_by_whoever_needs_it_first(queue: StorageQueue) -> None:
    async def scenario() -> None:
        assert await queue.receive(1, 30) == []
        await queue.send("text")
        assert [message.content for message in await queue.receive(1, 30)] == ["text"]

    asyncio.run(scenario())


def test_the_text_of_a_message_stays_as_it_is(queue: StorageQueue) -> None:
    async def scenario() -> None:
        for text in (" <&>\n", "täglich", "bm8="):
            await queue.send(text)
            (message,) = await queue.receive(1, 30)
            assert message.content == text

    asyncio.run(scenario())


def test_no_more_messages_are_received_than_asked_for(queue: StorageQueue) -> None:
    async def scenario() -> None:
        for number in range(3):
            await queue.send(str(number))
        assert len(await queue.receive(2, 30)) == 2
        assert len(await queue.receive(2, 30)) == 1

    asyncio.run(scenario())


def test_a_message_is_ours_after_each_renewal(queue: StorageQueue) -> None:
    async def scenario() -> None:
        await queue.send("text")
        (message,) = await queue.receive(1, 30)
        for _ in range(2):
            await queue.hide(message, 30)
        await queue.delete(message)

    asyncio.run(scenario())


def test_a_message_that_another_received_after_our_lease_is_lost(queue: StorageQueue) -> None:
    async def scenario() -> None:
        await queue.send("text")
        (ours,) = await queue.receive(1, 1)
        await asyncio.sleep(1.1)
        (theirs,) = await queue.receive(1, 30)
        with pytest.raises(LostMessageError):
            await queue.hide(ours, 30)
        with pytest.raises(LostMessageError):
            await queue.delete(ours)
        await queue.delete(theirs)

    asyncio.run(scenario())


def test_a_message_that_was_deleted_is_lost(queue: StorageQueue) -> None:
    async def scenario() -> None:
        await queue.send("text")
        (message,) = await queue.receive(1, 30)
        await queue.delete(message)
        with pytest.raises(LostMessageError):
            await queue.delete(message)

    asyncio.run(scenario())
