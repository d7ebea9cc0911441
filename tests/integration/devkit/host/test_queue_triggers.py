from __future__ import annotations

import base64
import json
import signal
import time
from itertools import accumulate
from typing import TYPE_CHECKING

import pytest
from azure.storage.blob import BlobServiceClient

if TYPE_CHECKING:
    from collections.abc import Callable

    from azure.storage.blob import BlobClient

    from tests.integration.devkit.host.conftest import HostProcess


FAILS_AFTER_SETTING_OUTPUTS = json.dumps({"name": "bad", "fail": True})
RETURNS_A_NUMBER = json.dumps({"name": "unwritable", "returns": 3})


@pytest.fixture(scope="module", autouse=True)
def _failures(host: HostProcess) -> None:
    """Send at once what takes its time to fail for good."""
    host.send("failing", "always")
    host.send("failing", "once")
    host.send("writing", FAILS_AFTER_SETTING_OUTPUTS)
    host.send("writing", RETURNS_A_NUMBER)
    host.send("buried-poison", "x")


def encoded(body: str) -> str:
    return base64.b64encode(body.encode()).decode()


def test_a_message_is_passed_decoded_and_deleted_after_success(host: HostProcess) -> None:
    host.send("plain", "täglich")
    seen = host.noted("plain", body="täglich")[0]
    assert seen["deliveries"] == 1
    assert seen["id"]
    host.until(lambda: host.count("plain") == 0, "the message to be deleted")


def test_a_message_starts_its_function_within_about_a_second(host: HostProcess) -> None:
    sent = time.time()
    host.send("plain", "now")
    assert host.noted("plain", body="now")[0]["at"] - sent < 1.2


def test_an_async_function_is_given_its_context(host: HostProcess) -> None:
    host.send("async", "x")
    seen = host.noted("in_loop")[0]
    assert seen["name"] == "in_loop"
    assert len(seen["invocation"]) == 36
    host.until(lambda: host.count("async") == 0, "the message to be deleted")


def test_a_failed_message_comes_back_after_the_visibility_timeout(host: HostProcess) -> None:
    first, second = host.noted("failing", 2, body="once")
    assert (first["deliveries"], second["deliveries"]) == (1, 2)
    assert 0.8 < second["at"] - first["at"] < 2.5
    host.until(lambda: host.count("failing") == 0, "the message to be deleted")
    assert encoded("once") not in host.waiting("failing-poison")


def test_a_message_that_fails_at_its_last_delivery_goes_to_poison_as_it_was(host: HostProcess) -> None:
    host.until(lambda: encoded("always") in host.waiting("failing-poison"), "the poison message")
    assert [seen["deliveries"] for seen in host.notes("failing", body="always")] == [1, 2]
    host.until(lambda: host.count("failing") == 0, "the original to be deleted")


def test_a_message_delivered_too_often_goes_to_poison_without_running(host: HostProcess) -> None:
    assert host.until(lambda: host.waiting("exhausted-poison"), "the poison message") == [encoded("dangerous")]
    host.until(lambda: host.count("exhausted") == 0, "the original to be deleted")
    assert host.notes("exhausted") == []


def test_a_message_that_is_not_base64_goes_to_poison_untouched(host: HostProcess) -> None:
    host.send("async", " {not base64}", encoded=False)
    assert host.until(lambda: host.waiting("async-poison"), "the poison message") == [" {not base64}"]


def test_a_message_that_fails_on_a_poison_queue_stays_there_and_waits_for_its_lease(host: HostProcess) -> None:
    first, second = host.noted("buried", 2)
    assert second["at"] - first["at"] > 1.8
    assert host.count("buried-poison") == 1
    assert host.waiting("buried-poison-poison") == []


def test_outputs_are_written_after_success(host: HostProcess) -> None:
    host.send("writing", json.dumps({"name": "good", "returns": "for plain"}))
    host.until(lambda: len(host.waiting("several")) == 2, "the messages that were set")
    assert host.waiting("several") == [encoded("one"), encoded("two")]
    host.noted("plain", body="for plain")
    blob = blob_of(host, "good.txt")
    host.until(blob.exists, "the blob")
    assert blob.download_blob().readall() == b"content"


def test_a_message_sent_by_an_output_wakes_its_function_at_once(host: HostProcess) -> None:
    time.sleep(0.8)  # Both queues are polled at their longest interval by now.
    host.send("writing", json.dumps({"name": "wake", "returns": "wake"}))
    sent = host.noted("writing", name="wake")[0]["at"]
    assert host.noted("plain", body="wake")[0]["at"] - sent < 0.3


def test_no_output_is_written_after_a_failure(host: HostProcess) -> None:
    body = encoded(FAILS_AFTER_SETTING_OUTPUTS)
    host.until(lambda: body in host.waiting("writing-poison"), "the poison message")
    assert not blob_of(host, "bad.txt").exists()


def test_an_output_that_cannot_be_written_fails_the_invocation(host: HostProcess) -> None:
    body = encoded(RETURNS_A_NUMBER)
    host.until(lambda: body in host.waiting("writing-poison"), "the poison message")
    assert len(host.notes("writing", name="unwritable")) == 2


def test_a_lease_is_renewed_while_its_function_runs(host: HostProcess) -> None:
    host.send("slow", "2.4")
    seen = host.noted("slow", 2, body="2.4")
    assert [(note["state"], note.get("deliveries")) for note in seen] == [("starts", 1), ("ends", None)]
    host.until(lambda: host.count("slow") == 0, "the message to be deleted")


def test_a_message_that_vanished_while_its_function_ran_harms_nothing(host: HostProcess) -> None:
    host.send("slow", "0.3")
    host.noted("slow", body="0.3", state="starts")
    host.queue("slow").clear_messages()
    host.noted("slow", body="0.3", state="ends")
    host.send("slow", "0.1")
    host.noted("slow", body="0.1", state="ends")
    assert host.waiting("slow-poison") == []


def test_no_more_messages_are_at_work_than_a_batch_and_the_threshold(host: HostProcess) -> None:
    for seconds in (0.1, 0.3) * 5:
        host.send("crowd", str(seconds))
    changes = [seen["change"] for seen in host.noted("crowd", 20)]
    assert max(accumulate(changes)) == 3


def test_a_message_whose_host_was_killed_is_delivered_again_to_the_next(make_host: Callable[[], HostProcess]) -> None:
    new_host = make_host()
    new_host.start()
    new_host.send("slow", "0.5")
    new_host.noted("slow")
    new_host.stop(signal.SIGKILL)
    new_host.start()
    assert [seen.get("deliveries") for seen in new_host.noted("slow", 3)] == [1, 2, None]
    new_host.until(lambda: new_host.count("slow") == 0, "the message to be deleted")


def blob_of(host: HostProcess, name: str) -> BlobClient:
    return BlobServiceClient.from_connection_string(host.connection_string).get_blob_client(host.prefix, name)
