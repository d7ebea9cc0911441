from __future__ import annotations

import json
import threading
import time
import uuid
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from azure.storage.blob import BlobServiceClient

from devkit.landing import LandingPoller

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devkit.azurite.server import Azurite


class Webhook:
    """A host that keeps what it is told, and answers what it is asked to."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.answers: dict[str, list[int]] = {}
        webhook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                (event,) = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert self.headers["aeg-event-type"] == "Notification"
                assert self.headers["x-functions-key"] == "key"
                assert self.path == "/runtime/webhooks/EventGrid?functionName=take_up_landed_file"
                webhook.told.append(event)
                coming = webhook.answers.get(event["subject"].rpartition("/")[2], [])
                self.send_response(coming.pop(0) if coming else 202)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)

    @property
    def names(self) -> list[str]:
        return [event["subject"].rpartition("/")[2] for event in self.told]

    def wait_for(self, number: int) -> None:
        deadline = time.monotonic() + 20
        while len(self.told) < number:
            assert time.monotonic() < deadline, self.names
            time.sleep(0.05)


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    hook = Webhook()
    thread = threading.Thread(target=hook.server.serve_forever)
    thread.start()
    yield hook
    hook.server.shutdown()
    hook.server.server_close()
    thread.join()


@pytest.fixture
def landing(azurite: Azurite) -> Iterator[Any]:
    with BlobServiceClient.from_connection_string(azurite.connection_string) as service:
        yield service.get_container_client(f"t{uuid.uuid4().hex}")


@contextmanager
def polled(azurite: Azurite, landing: Any, webhook: Webhook) -> Iterator[None]:
    url = f"http://127.0.0.1:{webhook.server.server_port}"
    with LandingPoller(azurite.connection_string, landing.container_name, url, "key"):
        yield


def test_a_new_file_is_told_of_once_as_event_grid_does(azurite: Azurite, landing: Any, webhook: Webhook) -> None:
    with polled(azurite, landing, webhook):
        landing.upload_blob("inbox/ecommerce/May/Müller #1.json", b"{}")
        webhook.wait_for(1)
        landing.upload_blob("b", b"")
        webhook.wait_for(2)
    (event, _) = webhook.told
    assert event["eventType"] == "Microsoft.Storage.BlobCreated"
    container = landing.container_name
    assert event["subject"] == f"/blobServices/default/containers/{container}/blobs/inbox/ecommerce/May/Müller #1.json"
    assert (event["data"]["api"], event["data"]["contentLength"]) == ("PutBlob", 2)


def test_a_file_that_the_host_did_not_take_note_of_is_told_of_again_and_holds_up_no_other(
    azurite: Azurite, landing: Any, webhook: Webhook
) -> None:
    webhook.answers = {"a": [500, 404]}
    with polled(azurite, landing, webhook):
        landing.upload_blob("a", b"")
        webhook.wait_for(1)
        landing.upload_blob("b", b"")
        webhook.wait_for(4)
    assert sorted(webhook.names) == ["a", "a", "a", "b"]


def test_a_file_that_was_replaced_and_those_found_at_a_start_are_told_of(
    azurite: Azurite, landing: Any, webhook: Webhook
) -> None:
    with polled(azurite, landing, webhook):
        landing.upload_blob("a", b"one")
        webhook.wait_for(1)
        landing.upload_blob("a", b"two", overwrite=True)
        webhook.wait_for(2)
    with polled(azurite, landing, webhook):
        webhook.wait_for(3)
    assert webhook.names == ["a", "a", "a"]
