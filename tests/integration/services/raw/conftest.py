"""A container of somebody else's, and a credential for it that can do nothing but read."""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from azure.storage.blob import BlobServiceClient, ContainerClient, ContainerSasPermissions, generate_container_sas

from devkit.samples.ecommerce.generate import AS_OF
from shared.domain.roles import Principal, Role
from shared.services.clean_data import CleanRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from devkit.azurite.server import Azurite
    from shared.services.browse import JobView
    from shared.services.expect import Expectation
    from tests.integration.services.conftest import Bench

EVE, ADMIN = Principal("eve", Role.USER), Principal("admin", Role.ADMIN)
#: Where a file of hers lies.
PATH = "eve/b7/j1.json"


@dataclass
class Lake:
    """Somebody's container, in the hands of its owner, and what we are given of it."""

    owner: ContainerClient
    sas: str

    def put(self, path: str, data: bytes) -> None:
        self.owner.upload_blob(path, data, overwrite=True)

    def contents(self) -> list[tuple[str, str, datetime, str]]:
        """Everything in it, in all versions, with what any write to it would change."""
        blobs = self.owner.list_blobs(include=["snapshots", "metadata", "uncommittedblobs", "deleted"])
        return [
            (
                blob.name,
                blob.etag,
                blob.last_modified,
                hashlib.sha256(self.owner.download_blob(blob.name).readall()).hexdigest(),
            )
            for blob in blobs
        ]


@pytest.fixture
def lake(azurite: Azurite) -> Iterator[Lake]:
    name, key = f"lake-{uuid.uuid4().hex}", re.search("AccountKey=([^;]+)", azurite.connection_string)
    assert key is not None
    with BlobServiceClient.from_connection_string(azurite.connection_string) as service:
        owner = service.create_container(name)
        token = generate_container_sas(
            service.account_name,
            name,
            account_key=key[1],
            permission=ContainerSasPermissions(read=True, list=True),
            expiry=datetime.now(UTC) + timedelta(hours=1),
        )
        yield Lake(owner, f"BlobEndpoint={service.primary_endpoint};SharedAccessSignature={token}")


@pytest.fixture
def raw_bench(make_bench: Callable[..., Bench], lake: Lake) -> Bench:
    return make_bench(raw_container=lake.owner.container_name, raw_storage=lake.sas)


@pytest.fixture
def ask(raw_bench: Bench) -> Callable[..., Expectation]:
    def ask(*blobs: str, caller: Principal = EVE, claimed: int = 40, **wanted: Any) -> Expectation:
        values = {"dataset": "ecommerce", "filename": "upload.json", "as_of": AS_OF, **wanted}
        return raw_bench.app.clean_data(CleanRequest(caller=caller, claimed=claimed, blobs=blobs, **values))

    return ask


@pytest.fixture
def follow(raw_bench: Bench) -> Callable[[Expectation], JobView]:
    def follow(expectation: Expectation) -> JobView:
        raw_bench.take_in()
        raw_bench.work()
        return raw_bench.app.jobs.get(expectation.job.job_id)

    return follow
