"""Addresses with a signature, to which somebody without an account may upload one blob."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from azure.storage.blob import BlobSasPermissions, generate_blob_sas

from shared.adapters.azure.account import storage_faults
from shared.errors import AppError

if TYPE_CHECKING:
    from azure.storage.blob import UserDelegationKey

    from shared.adapters.azure.account import StorageAccount

# Neither reading nor listing nor deleting.
_UPLOAD = BlobSasPermissions(create=True, write=True)
_KEY_LIFE = timedelta(days=7)
_CLOCK_SKEW = timedelta(minutes=15)


@dataclass(frozen=True)
class AccountKeySigner:
    """A :class:`~shared.ports.UploadSigner` that signs with the account's key, as there is one locally."""

    account: StorageAccount

    def upload_url(self, container: str, path: str, expires_at: datetime) -> str:
        """Return an address that lets its holder write this one blob until it expires."""
        key = getattr(self.account.blobs.credential, "account_key", None)
        if key is None:
            raise AppError(
                "The connection string of the storage has no account key, so no upload address can be signed.",
                code="invalid_settings",
                advice="Use one with a key, or set AzureWebJobsStorage__accountName and a managed identity.",
            )
        return _signed(self.account, container, path, expires_at, account_key=key)


@dataclass(frozen=True)
class UserDelegationSigner:
    """A :class:`~shared.ports.UploadSigner` that signs with a key which the app's identity gets from the storage.

    It needs the role that may generate such keys. A key is used as long as it outlives what it signs.
    """

    account: StorageAccount
    _known: list[tuple[datetime, UserDelegationKey]] = field(default_factory=list)
    _asking: threading.Lock = field(default_factory=threading.Lock)

    def upload_url(self, container: str, path: str, expires_at: datetime) -> str:
        """Return an address that lets its holder write this one blob until it expires."""
        key = self._key(expires_at)
        return _signed(self.account, container, path, expires_at, user_delegation_key=key, protocol="https")

    def _key(self, until: datetime) -> UserDelegationKey:
        with self._asking:
            if not (self._known and until <= self._known[-1][0]):
                now = datetime.now(UTC)
                ends = now + _KEY_LIFE
                with storage_faults("blob"):
                    key = self.account.blobs.get_user_delegation_key(now - _CLOCK_SKEW, ends)
                self._known[:] = [(ends, key)]
            return self._known[-1][1]


def _signed(account: StorageAccount, container: str, path: str, expires_at: datetime, **key: Any) -> str:
    client = account.blobs.get_blob_client(container, path)
    sas = generate_blob_sas(str(client.account_name), container, path, permission=_UPLOAD, expiry=expires_at, **key)
    return f"{client.url}?{sas}"
