"""Joins settings, adapters and services into the application. The only module that knows the adapters.

Everything here is made when it is first asked for, so that importing the functions and building the app cost
nothing and need no environment.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.adapters.azure.account import StorageAccount
    from shared.ports import BlobStore, Clock, JobQueue, JobStore, Warehouse
    from shared.services.browse import JobBrowser
    from shared.services.bury import Bury
    from shared.services.dispatch import Dispatch
    from shared.services.explore import Explorer
    from shared.services.health import Health
    from shared.services.journal import Journal
    from shared.services.layout import Layout
    from shared.services.outputs import Outputs
    from shared.services.process import Process
    from shared.services.receive import Receive
    from shared.services.records import JobRecords
    from shared.services.retry import Retry
    from shared.services.sweep import Sweep
    from shared.settings import Settings

# ruff: noqa: PLC0415 - see above

_DUCKDB = "duckdb:///"


@dataclass(frozen=True)
class App:
    """The application: its use cases, over adapters that are made once and shared by all threads."""

    settings: Settings

    @cached_property
    def receive(self) -> Receive:
        """Take in the files of a job."""
        from shared.services.receive import Receive

        return Receive(
            blobs=self.blobs,
            bronze=self._layout.bronze,
            jobs=self.job_store,
            records=self._records,
            dispatch=self._dispatch,
            clock=self.clock,
            threshold=self.settings.small_batch_threshold,
        )

    @cached_property
    def process(self) -> Process:
        """Take a queued small job to its end."""
        from shared.services.medallion import Medallion
        from shared.services.process import Process
        from shared.services.publish import Publish

        token_key = self.settings.token_key.get_secret_value().encode()
        medallion = Medallion(
            blobs=self.blobs,
            bronze=self._layout.bronze,
            records=self._records,
            outputs=self._outputs,
            clock=self.clock,
            engine=self.settings.engine,
            token_key=token_key,
        )
        publish = Publish(self.job_store, self._journal, self._outputs, self.warehouse, token_key)
        return Process(self.job_store, self._journal, self._records, self._outputs, medallion, publish)

    @cached_property
    def bury(self) -> Bury:
        """End a job whose message was given up on."""
        from shared.services.bury import Bury

        return Bury(self.job_store, self._journal, self._records, self._outputs)

    @cached_property
    def retry(self) -> Retry:
        """Take a failed or waiting job up again."""
        from shared.services.retry import Retry

        return Retry(
            blobs=self.blobs,
            bronze=self._layout.bronze,
            jobs=self.job_store,
            journal=self._journal,
            records=self._records,
            dispatch=self._dispatch,
            threshold=self.settings.small_batch_threshold,
        )

    @cached_property
    def sweep(self) -> Sweep:
        """Queue again what nobody works on."""
        from shared.services.sweep import Sweep

        return Sweep(self.job_store, self._journal, self._records, self._dispatch, self.warehouse, self.clock)

    @cached_property
    def jobs(self) -> JobBrowser:
        """Ask about jobs."""
        from shared.services.browse import JobBrowser

        return JobBrowser(self.job_store, self._records, self._outputs)

    @cached_property
    def explore(self) -> Explorer:
        """Ask the warehouse."""
        from shared.services.explore import Explorer

        return Explorer(self.warehouse)

    @cached_property
    def health(self) -> Health:
        """Ask whether everything answers; a part that cannot even be made is one that does not."""
        from shared.services.health import Health

        return Health(
            {
                "storage": self._ping_storage,
                "queues": self._ping_queues,
                "warehouse": self._ping_warehouse,
            }
        )

    @cached_property
    def blobs(self) -> BlobStore:
        """The files."""
        from shared.adapters.azure.blobs import AzureBlobStore

        return AzureBlobStore(self._account)

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
    def clock(self) -> Clock:
        """The time."""
        from shared.adapters.clock import SystemClock

        return SystemClock()

    def _ping_storage(self) -> None:
        self.blobs.ping()
        self.job_store.ping()

    def _ping_queues(self) -> None:
        self.queue.ping()

    def _ping_warehouse(self) -> None:
        self.warehouse.ping()

    @cached_property
    def _account(self) -> StorageAccount:
        from shared.adapters.azure.account import StorageAccount

        settings = self.settings
        connection_string = settings.storage.get_secret_value() if settings.storage else None
        return StorageAccount(connection_string, settings.storage_account, settings.storage_client_id)

    @cached_property
    def _layout(self) -> Layout:
        from shared.services.layout import Layout

        settings = self.settings
        return Layout(
            bronze=settings.bronze_container,
            silver=settings.silver_container,
            gold=settings.gold_container,
            manifests=settings.manifests_container,
        )

    @cached_property
    def _records(self) -> JobRecords:
        from shared.services.records import JobRecords

        return JobRecords(self.blobs, self._layout)

    @cached_property
    def _outputs(self) -> Outputs:
        from shared.services.outputs import Outputs

        return Outputs(self.blobs, self._layout)

    @cached_property
    def _journal(self) -> Journal:
        from shared.services.journal import Journal

        return Journal(self.job_store, self.clock)

    @cached_property
    def _dispatch(self) -> Dispatch:
        from shared.services.dispatch import Dispatch

        return Dispatch(self.queue, self._journal)


@lru_cache(maxsize=1)
def get_app() -> App:
    """Return the application of this process; raises :class:`AppError` when settings are missing."""
    from shared.logs import configure_logging
    from shared.settings import get_settings

    settings = get_settings()
    configure_logging(settings.log_level)
    return App(settings)
