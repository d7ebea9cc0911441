from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from shared.adapters.azure.queues import AzureJobQueue
from shared.domain.message import JobMessage
from shared.errors import UnavailableError

if TYPE_CHECKING:
    from shared.adapters.azure.account import StorageAccount

MESSAGE = JobMessage("job", "parent", "Jürgen", "ecommerce", 1)


def test_a_queue_appears_with_its_first_message_which_is_base64_json(account: StorageAccount, unique: str) -> None:
    AzureJobQueue(account).send(unique, MESSAGE)
    (raw,) = account.queues.get_queue_client(unique).receive_messages()
    assert JobMessage.from_json(base64.b64decode(raw.content)) == MESSAGE


def test_a_message_waits_as_long_as_it_takes(account: StorageAccount, unique: str) -> None:
    AzureJobQueue(account).send(unique, MESSAGE)
    (raw,) = account.queues.get_queue_client(unique).peek_messages()
    assert raw.expires_on is not None
    assert raw.expires_on.year == 9999


def test_ping_answers_while_the_queues_are_there(account: StorageAccount) -> None:
    AzureJobQueue(account).ping()


def test_unreachable_queues_are_unavailable(unreachable: StorageAccount) -> None:
    with pytest.raises(UnavailableError):
        AzureJobQueue(unreachable).ping()
