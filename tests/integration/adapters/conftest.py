from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from shared.adapters.azure.account import StorageAccount

if TYPE_CHECKING:
    from devkit.azurite.server import Azurite


@pytest.fixture(scope="session")
def account(azurite: Azurite) -> StorageAccount:
    return StorageAccount(azurite.connection_string)


@pytest.fixture
def unique() -> str:
    """A name that no other test uses, fit for containers, queues and tables."""
    return f"t{uuid.uuid4().hex}"


@pytest.fixture
def unreachable() -> StorageAccount:
    """An account on a port where nothing listens."""
    endpoints = "".join(f"{kind}Endpoint=http://127.0.0.1:9/a;" for kind in ("Blob", "Queue", "Table"))
    return StorageAccount(f"DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;{endpoints}")
