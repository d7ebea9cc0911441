from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import QueueClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from devkit.azurite.server import Azurite

SAMPLE_APP = Path(__file__).parent / "sample_app"
LEASE = 2
TOKEN = "a-token"


def wait_for(condition: Callable[[], Any], what: str, seconds: float = 8) -> Any:
    """Return what ``condition`` returns as soon as it is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds} s for {what}")


@dataclass
class HostProcess:
    """The host, running the sample app with queues of its own."""

    connection_string: str
    notes_file: Path
    prefix: str = field(default_factory=lambda: f"t{uuid.uuid4().hex[:12]}")
    process: subprocess.Popen[str] | None = None
    base_url: str = ""
    http: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False))

    def start(self, *arguments: str, **settings: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        environ = {
            **os.environ,
            "AzureWebJobsStorage": self.connection_string,
            "STRATA_API_TOKEN": TOKEN,
            "STRATA_QUEUE_LEASE_SECONDS": str(LEASE),
            "AzureFunctionsWebHost__hostid": self.prefix,
            "PREFIX": self.prefix,
            "NOTES": str(self.notes_file),
            **settings,
        }
        command = [sys.executable, "-m", "devkit.host", "--app", str(SAMPLE_APP), "--port", str(port)]
        self.process = subprocess.Popen(
            [*command, *arguments], env=environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self.base_url = f"http://127.0.0.1:{port}"
        wait_for(self._answers, "the host to answer")

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str, list[dict[str, Any]]]:
        """End the host by a signal; returns its exit code, what it printed and what it logged."""
        assert self.process is not None
        self.process.send_signal(number)
        printed, logged = self.process.communicate(timeout=15)
        code, self.process = self.process.returncode, None
        return code, printed, [json.loads(line) for line in logged.splitlines()]

    def until(self, condition: Callable[[], Any], what: str) -> Any:
        """Return what ``condition`` returns as soon as it is true."""
        return wait_for(condition, what)

    def noted(self, function: str, count: int = 1, **wanted: Any) -> list[dict[str, Any]]:
        """Return what a function wrote down, once it did so that often; only notes with the wanted values count."""

        def enough() -> list[dict[str, Any]]:
            notes = self.notes(function, **wanted)
            return notes if len(notes) >= count else []

        notes: list[dict[str, Any]] = self.until(enough, f"{count} notes of {function}")
        return notes

    def notes(self, function: str, **wanted: Any) -> list[dict[str, Any]]:
        """Return what a function wrote down."""
        if not self.notes_file.exists():
            return []
        lines = self.notes_file.read_text(encoding="utf-8").splitlines(keepends=True)
        notes = [json.loads(line) for line in lines if line.endswith("\n")]
        wanted["function"] = function
        return [note for note in notes if wanted.items() <= note.items()]

    def send(self, queue: str, body: str, *, encoded: bool = True) -> None:
        """Put a message on one of the app's queues, which is created when missing."""
        text = base64.b64encode(body.encode()).decode() if encoded else body
        client = self.queue(queue)
        with suppress(ResourceExistsError):
            client.create_queue()
        client.send_message(text)

    def waiting(self, queue: str) -> list[str]:
        """Return the texts of the messages that are visible on a queue."""
        try:
            return [message.content for message in self.queue(queue).peek_messages(32)]
        except ResourceNotFoundError:
            return []

    def count(self, queue: str) -> int:
        """Return how many messages a queue has, hidden ones included."""
        return self.queue(queue).get_queue_properties().approximate_message_count or 0

    def queue(self, name: str) -> QueueClient:
        """Return the client of a queue of the app."""
        return QueueClient.from_connection_string(self.connection_string, f"{self.prefix}-{name}")

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.process.communicate()[1]
        try:
            return self.http.get(f"{self.base_url}/").status_code == 200
        except httpx.TransportError:
            return False


@pytest.fixture(scope="package")
def make_host(azurite: Azurite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], HostProcess]]:
    """Makes hosts with queues of their own that are still to be started."""
    made: list[HostProcess] = []

    def make() -> HostProcess:
        made.append(HostProcess(azurite.connection_string, tmp_path_factory.mktemp("host") / "notes.jsonl"))
        return made[-1]

    yield make
    for host in made:
        if host.process is not None:
            host.stop(signal.SIGKILL)


@pytest.fixture(scope="package")
def host(make_host: Callable[[], HostProcess]) -> HostProcess:
    """A running host that tests share."""
    host = make_host()
    exhaust(host, "exhausted", deliveries=2)
    host.start()
    return host


def exhaust(host: HostProcess, queue: str, deliveries: int) -> None:
    """Leave a message that was delivered that often already, as if the host had been killed each time."""
    host.send(queue, "dangerous")
    client = host.queue(queue)
    for _ in range(deliveries):
        message = client.receive_message(visibility_timeout=60)
        assert message is not None
        client.update_message(message, visibility_timeout=0)
