"""A storage that takes every request and never answers: callers are told so, and in time."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import httpx
import pytest

from functions.http.app import create_asgi_app
from shared import bootstrap
from shared.adapters.azure.account import StorageAccount
from shared.adapters.azure.blobs import AzureBlobStore
from shared.adapters.azure.jobs import AzureJobStore
from shared.adapters.azure.queues import AzureJobQueue
from shared.domain.message import JobMessage
from shared.errors import UnavailableError
from shared.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 0.3
LONGEST_BACKOFF = 2
OVERHEAD = 1


@pytest.fixture
def silent() -> Iterator[StorageAccount]:
    connections: list[socket.socket] = []

    def accept(server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connections.append(server.accept()[0])

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=accept, args=(server,), daemon=True).start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/a"
        endpoints = "".join(f"{kind}Endpoint={address};" for kind in ("Blob", "Queue", "Table"))
        yield StorageAccount(
            f"DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;{endpoints}", patience=PATIENCE
        )
    for connection in connections:
        connection.close()


CALLS: dict[str, Callable[[StorageAccount], object]] = {
    "read a file": lambda account: AzureBlobStore(account).get("bronze", "a"),
    "write a file": lambda account: AzureBlobStore(account).put("bronze", "a", b"x" * 1_000_000),
    "list files": lambda account: list(AzureBlobStore(account).list("bronze", "")),
    "send a message": lambda account: AzureJobQueue(account).send("q", JobMessage("a", "a", "a", "a", 1)),
    "read a job": lambda account: AzureJobStore(account, "jobs", "keys").get("a"),
    "claim content": lambda account: AzureJobStore(account, "jobs", "keys").claim_content("key", "a"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_every_call_is_given_up_after_two_tries(
    silent: StorageAccount, call: Callable[[StorageAccount], object]
) -> None:
    started = time.monotonic()
    with pytest.raises(UnavailableError) as unavailable:
        call(silent)
    assert time.monotonic() - started < 2 * PATIENCE + LONGEST_BACKOFF + OVERHEAD
    assert unavailable.value.code == "storage_unavailable"


def test_two_tries_take_less_than_half_a_minute() -> None:
    assert 2 * StorageAccount("UseDevelopmentStorage=true").patience + LONGEST_BACKOFF < 30


@pytest.mark.anyio
async def test_the_api_answers_503(silent: StorageAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    app = bootstrap.App(Settings(storage="unused", api_token="t", token_key="k", warehouse_url="duckdb:///w"))
    app.__dict__["_account"] = silent
    monkeypatch.setattr(bootstrap, "get_app", lambda: app)
    transport = httpx.ASGITransport(create_asgi_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://strata.test") as client:
        answer = await client.get("/api/jobs/x", headers={"Authorization": "Bearer t"})
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
