from __future__ import annotations

from typing import Any

import pytest

from shared.bootstrap import App
from shared.domain.roles import Role
from shared.errors import UnavailableError
from shared.ports import Selection
from shared.settings import Settings
from tests.authority import FACTORY, ID_URI, TENANT, Authority


def app_with(**settings: Any) -> App:
    values = {"api_token": "t", "token_key": "k", "warehouse_url": "duckdb:///w.duckdb", **settings}
    return App(Settings(**values))


def test_making_the_app_needs_no_service() -> None:
    assert app_with().settings.small_batch_threshold == 10_000


def test_what_was_made_once_is_kept() -> None:
    app = app_with(storage="UseDevelopmentStorage=true")
    assert app.receive is app.receive
    assert app.blobs is app.blobs


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"site_instance": "an-instance"}, "DuckDB cannot be the warehouse in Azure"),
        ({"warehouse_url": "oracle://x"}, "none that this version knows"),
    ],
)
def test_a_warehouse_that_cannot_be_used_says_why_at_every_use(settings: dict[str, str], reason: str) -> None:
    warehouse = app_with(**settings).warehouse
    for use in (
        warehouse.ping,
        warehouse.tables,
        lambda: warehouse.read("t", Selection()),
        lambda: warehouse.query("", {}),
    ):
        with pytest.raises(UnavailableError, match=reason) as refusal:
            use()
        assert refusal.value.code == "warehouse_refused"


def test_without_a_storage_account_the_health_report_says_so() -> None:
    report = app_with(site_instance="an-instance").health()
    assert {name: check.ok for name, check in report.items()} == {"storage": False, "queues": False, "warehouse": False}
    assert report["storage"].problem == "No storage account is named."


def test_a_name_without_a_connection_string_means_managed_identity() -> None:
    account = app_with(storage_account="strata").blobs.own._account
    assert account.blobs.url == "https://strata.blob.core.windows.net/"
    assert account.queues.url == "https://strata.queue.core.windows.net/"
    assert account.tables.url == "https://strata.table.core.windows.net"
    assert type(account.blobs.credential).__name__ == "DefaultAzureCredential"


def test_raw_data_lies_in_our_account_unless_another_is_named() -> None:
    blobs = app_with(storage_account="strata").blobs
    assert blobs.raw._account is blobs.own._account


def test_the_account_of_raw_data_may_be_another_with_its_own_credential() -> None:
    sas = "BlobEndpoint=https://lake.blob.core.windows.net;SharedAccessSignature=sv=2025-01-05&sp=rl&sig=s1"
    by_sas = app_with(storage_account="strata", raw_storage=sas).blobs
    by_name = app_with(storage_account="strata", raw_storage_account="lake").blobs
    for blobs in (by_sas, by_name):
        assert blobs.own._account.blobs.account_name == "strata"
        assert blobs.raw._account.blobs.account_name == "lake"
    assert type(by_name.raw._account.blobs.credential).__name__ == "DefaultAzureCredential"
    assert "sp=rl" in by_sas.raw._account.blobs.url


def test_tokens_of_identities_are_verified_where_the_settings_name_a_tenant(authority: Authority) -> None:
    app = app_with(
        identity_tenant_id=TENANT.upper(),
        identity_audiences=ID_URI,
        pipeline_identities=FACTORY.upper(),
        identity_authority=f"{authority.url}/",
    )
    assert app.tokens is not None
    assert app.tokens.verify(authority.token()).role is Role.PIPELINE
    assert app_with().tokens is None
