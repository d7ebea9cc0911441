"""The adapters that the settings name, each made when it is first asked for and then shared by all threads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.adapters.azure.account import StorageAccount
    from shared.ports import (
        BlobStore,
        Clock,
        JobQueue,
        JobStore,
        PipelineClient,
        TokenVerifier,
        UploadSigner,
        Warehouse,
        Web,
    )
    from shared.settings import Settings

# ruff: noqa: PLC0415 - building the app costs nothing

_DUCKDB = "duckdb:///"
_FACTORY = "azure://"


@dataclass(frozen=True)
class Adapters:
    """What the application needs of the outside."""

    settings: Settings

    @cached_property
    def blobs(self) -> BlobStore:
        """The files."""
        from shared.adapters.azure.blobs import AzureBlobStore
        from shared.adapters.raw_container import BlobsWithRawContainer

        own, raw = AzureBlobStore(self._account), AzureBlobStore(self._raw_account)
        return BlobsWithRawContainer(own, raw, self.settings.raw_container)

    @cached_property
    def queue(self) -> JobQueue:
        """The queues."""
        from shared.adapters.azure.queues import AzureJobQueue

        return AzureJobQueue(self._account)

    @cached_property
    def job_store(self) -> JobStore:
        """The jobs, their timelines and who holds which content."""
        from shared.adapters.azure.jobs import AzureJobStore

        return AzureJobStore(self._account, self.settings.jobs_table, self.settings.content_keys_table)

    @cached_property
    def warehouse(self) -> Warehouse:
        """The warehouse that the settings name; one that cannot be used says why whenever it is used."""
        from shared.adapters.warehouses.refused import RefusedWarehouse

        url = self.settings.warehouse_url
        if not url.startswith(_DUCKDB):
            return RefusedWarehouse(
                "The warehouse URL names none that this version knows.",
                f"Set STRATA_WAREHOUSE_URL to {_DUCKDB} and the path of a file.",
            )
        if self.settings.in_azure:
            return RefusedWarehouse(
                "DuckDB cannot be the warehouse in Azure: its file belongs to one process, the app runs in many.",
                "Set STRATA_WAREHOUSE_URL to a database server.",
            )
        from shared.adapters.warehouses.duckdb import DuckDBWarehouse

        return DuckDBWarehouse(url.removeprefix(_DUCKDB))

    @cached_property
    def web(self) -> Web:
        """Files that others offer."""
        from shared.adapters.web import HttpWeb

        return HttpWeb(self.settings.fetch_networks)

    @cached_property
    def clock(self) -> Clock:
        """The time."""
        from shared.adapters.clock import SystemClock

        return SystemClock()

    @cached_property
    def signer(self) -> UploadSigner:
        """What signs addresses for uploads: the account's key where there is one, else the app's own identity."""
        from shared.adapters.azure.signers import AccountKeySigner, UserDelegationSigner

        sign = AccountKeySigner if self.settings.storage else UserDelegationSigner
        return sign(self._account)

    @cached_property
    def pipelines(self) -> PipelineClient:
        """What runs the pipelines; where none is named, using it says so."""
        url, key = self.settings.pipelines_url or "", self.settings.pipelines_key
        if url.startswith(_FACTORY):
            from shared.adapters.azure.pipelines import data_factory

            return data_factory(url.removeprefix(_FACTORY), self.settings.storage_client_id)
        if url.startswith(("http://", "https://")):
            from shared.adapters.azure.pipelines import LocalPipelines

            return LocalPipelines(url, key.get_secret_value() if key else "")
        from shared.adapters.no_pipelines import NoPipelines

        return NoPipelines(
            "This system has nothing that runs pipelines.",
            f"Set STRATA_PIPELINES_URL to {_FACTORY}/subscriptions/… and the factory's name, or wait until it is due.",
        )

    @cached_property
    def tokens(self) -> TokenVerifier | None:
        """What verifies the tokens of identities; None where no tenant is named, and then none is accepted."""
        settings = self.settings
        if settings.identity_tenant_id is None:
            return None
        from shared.adapters.entra import EntraTokens

        return EntraTokens(
            authority=settings.identity_authority,
            tenant_id=str(settings.identity_tenant_id),
            audiences=frozenset(settings.identity_audiences),
            pipelines=frozenset(map(str, settings.pipeline_identities)),
        )

    @property
    def _data_lake(self) -> str:
        return self._account.data_lake

    @cached_property
    def _account(self) -> StorageAccount:
        from shared.adapters.azure.account import StorageAccount

        settings = self.settings
        connection_string = settings.storage.get_secret_value() if settings.storage else None
        return StorageAccount(connection_string, settings.storage_account, settings.storage_client_id)

    @cached_property
    def _raw_account(self) -> StorageAccount:
        from shared.adapters.azure.account import StorageAccount

        settings = self.settings
        if not (settings.raw_storage or settings.raw_storage_account):
            return self._account
        connection_string = settings.raw_storage.get_secret_value() if settings.raw_storage else None
        return StorageAccount(connection_string, settings.raw_storage_account, settings.storage_client_id)
