from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobClient, ContainerClient, UserDelegationKey

from shared.adapters.azure.account import StorageAccount
from shared.adapters.azure.blobs import AzureBlobStore
from shared.adapters.azure.signers import AccountKeySigner, UserDelegationSigner
from shared.errors import AppError

SOON = timedelta(minutes=5)


def parameters(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


@pytest.fixture
def address(account: StorageAccount, unique: str) -> str:
    AzureBlobStore(account).prepare(unique)
    return AccountKeySigner(account).upload_url(unique, "a/Müller & Söhne #1.json", datetime.now(UTC) + SOON)


def test_an_address_takes_a_file_whole_or_in_blocks(address: str, account: StorageAccount, unique: str) -> None:
    with BlobClient.from_blob_url(address, max_single_put_size=1_000, max_block_size=1_000) as client:
        client.upload_blob(b"x" * 10_500)
    assert AzureBlobStore(account).get(unique, "a/Müller & Söhne #1.json") == b"x" * 10_500
    with BlobClient.from_blob_url(address) as client:
        client.upload_blob(b"whole", overwrite=True)


@pytest.mark.parametrize("attempt", ["read", "look", "delete", "list", "another"])
def test_an_address_is_good_for_nothing_else(address: str, attempt: str) -> None:
    parts = urlsplit(address)
    container = f"{parts.scheme}://{parts.netloc}{'/'.join(parts.path.split('/')[:3])}"
    blob = BlobClient.from_blob_url(address)
    blob.upload_blob(b"x")
    acts: dict[str, Any] = {
        "read": lambda: blob.download_blob().readall(),
        "look": blob.get_blob_properties,
        "delete": blob.delete_blob,
        "list": lambda: list(ContainerClient.from_container_url(f"{container}?{parts.query}").list_blobs()),
        "another": lambda: BlobClient.from_blob_url(f"{container}/another?{parts.query}").upload_blob(b"x"),
    }
    with pytest.raises(HttpResponseError) as refusal:
        acts[attempt]()
    assert refusal.value.status_code == 403


def test_an_address_ends_with_its_time(account: StorageAccount, unique: str) -> None:
    AzureBlobStore(account).prepare(unique)
    url = AccountKeySigner(account).upload_url(unique, "a", datetime.now(UTC) - timedelta(seconds=5))
    with pytest.raises(HttpResponseError) as refusal, BlobClient.from_blob_url(url) as client:
        client.upload_blob(b"x")
    assert refusal.value.status_code == 403


def test_a_connection_string_without_a_key_cannot_sign() -> None:
    account = StorageAccount("BlobEndpoint=http://127.0.0.1:1/strata;SharedAccessSignature=sv=2020-01-01&sig=x")
    with pytest.raises(AppError) as problem:
        AccountKeySigner(account).upload_url("landing", "a", datetime.now(UTC) + SOON)
    assert problem.value.code == "invalid_settings"


class KeyService:
    """Gives keys as Azure does to a signed-in identity, which Azurite cannot without certificates."""

    account_name = "strata"

    def __init__(self) -> None:
        self.asked: list[tuple[datetime, datetime]] = []

    def get_user_delegation_key(self, start: datetime, expiry: datetime) -> UserDelegationKey:
        self.asked.append((start, expiry))
        key = UserDelegationKey()
        key.signed_oid, key.signed_tid, key.signed_service, key.signed_version = "object", "tenant", "b", "2025-11-05"
        key.signed_start, key.signed_expiry = start.isoformat(), expiry.isoformat()
        key.value = "c2VjcmV0"
        return key

    def get_blob_client(self, container: str, path: str) -> BlobClient:
        return BlobClient("https://strata.blob.core.windows.net", container, path)


def test_in_azure_an_address_is_signed_with_a_key_of_the_apps_identity() -> None:
    account, service = StorageAccount(name="strata"), KeyService()
    account.__dict__["blobs"] = service
    signer, now = UserDelegationSigner(account), datetime.now(UTC)
    url = signer.upload_url("landing", "admin/1/a b.json", now + SOON)
    assert url.startswith("https://strata.blob.core.windows.net/landing/admin/1/a%20b.json?")
    said = parameters(url)
    assert (said["sr"], said["sp"], said["spr"], said["skoid"]) == ("b", "cw", "https", "object")
    signer.upload_url("landing", "b", now + timedelta(days=6))
    assert len(service.asked) == 1, "a key is asked for once and used as long as it lives"
    signer.upload_url("landing", "c", now + timedelta(days=7, minutes=1))
    assert len(service.asked) == 2
