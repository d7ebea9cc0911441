from __future__ import annotations

import base64
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from shared.adapters.azure.queues import AzureJobQueue
from shared.domain.message import JobMessage
from shared.errors import UnavailableError

if TYPE_CHECKING:
    from shared.adapters.azure.account import StorageAccount

MESSAGE = JobMessage("job", "parent", "Jürgen", "ecommerce", 1)
HOLD = timedelta(seconds=30)


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


def test_a_message_is_held_renewed_given_back_and_removed_by_its_latest_receipt_alone(
    account: StorageAccount, unique: str
) -> None:
    queue = AzureJobQueue(account)
    assert queue.receive(unique, HOLD) is None, "a queue that was never written to is empty"
    queue.send(unique, MESSAGE)
    first = queue.receive(unique, HOLD)
    assert first is not None
    assert (first.tries, first.text) == (1, MESSAGE.to_json())
    assert queue.receive(unique, HOLD) is None
    renewed = queue.hold(unique, first.message_id, first.receipt, HOLD)
    assert renewed is not None
    assert queue.hold(unique, first.message_id, renewed, timedelta(0)) is not None
    second = queue.receive(unique, HOLD)
    assert second is not None
    assert (second.message_id, second.tries) == (first.message_id, 2)
    assert queue.hold(unique, first.message_id, renewed, HOLD) is None
    assert not queue.remove(unique, first.message_id, renewed)
    assert queue.remove(unique, second.message_id, second.receipt)
    assert not queue.remove(unique, second.message_id, second.receipt)


@pytest.mark.parametrize("body", ["plain text", "bm9uc2Vuc2U="])
def test_a_message_is_set_aside_with_its_body_as_it_is(account: StorageAccount, unique: str, body: str) -> None:
    queue, client = AzureJobQueue(account), account.queues.get_queue_client(unique)
    client.create_queue()
    client.send_message(body)
    held = queue.receive(unique, HOLD)
    assert held is not None
    assert held.text == (None if " " in body else "nonsense")
    queue.set_aside(unique, held.message_id, held.receipt, held.raw)
    assert list(client.receive_messages()) == []
    (aside,) = account.queues.get_queue_client(f"{unique}-poison").receive_messages()
    assert aside.content == body
