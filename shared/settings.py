"""Everything a deployment can set, read from the environment once and only when it is first needed."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Literal
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import Field, IPvAnyNetwork, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.errors import AppError

_THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})


class Settings(BaseSettings):
    """The settings of one deployment.

    Names in the environment are ``STRATA_`` and the field's name in capitals, except those that Azure Functions
    itself defines. Secrets have no default: a deployment without them does not start.
    """

    model_config = SettingsConfigDict(env_prefix="STRATA_", extra="ignore", frozen=True, populate_by_name=True)

    storage: SecretStr | None = Field(
        default=None,
        validation_alias="AzureWebJobsStorage",
        description="Connection string of the storage account; without one, managed identity is used.",
    )
    storage_account: str | None = Field(
        default=None,
        validation_alias="AzureWebJobsStorage__accountName",
        description="Name of the storage account that managed identity signs in to.",
    )
    storage_client_id: str | None = Field(
        default=None,
        validation_alias="AzureWebJobsStorage__clientId",
        description="Client id of a user-assigned managed identity; none means the system-assigned one.",
    )
    site_instance: str | None = Field(
        default=None,
        validation_alias="WEBSITE_INSTANCE_ID",
        description="Set by Azure on every instance of the function app; never set it yourself.",
    )

    api_token: SecretStr = Field(min_length=1, description="The token that clients of the API send as bearer.")
    token_key: SecretStr = Field(
        min_length=1, description="The key with which personal identifiers are tokenised in gold."
    )
    pipeline_key: SecretStr | None = Field(
        default=None,
        min_length=1,
        description="The key with which pipelines call the app, as bearer or x-functions-key; none means they cannot.",
    )
    identity_tenant_id: UUID | None = Field(
        default=None, description="The tenant of Microsoft Entra ID whose tokens pipelines may call the app with."
    )
    identity_audiences: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="What such a token may be for, separated by commas: the app registration's id URI, its client id.",
    )
    pipeline_identities: Annotated[tuple[UUID, ...], NoDecode] = Field(
        default=(),
        description="Object ids of the identities that may act as pipelines, separated by commas.",
    )
    identity_authority: str = Field(
        default="https://login.microsoftonline.com",
        description="The sign-in service of the cloud; the keys of tokens are asked for there.",
    )
    warehouse_url: str = Field(description="Where gold is loaded, for example duckdb:///data/warehouse.duckdb")

    small_batch_threshold: int = Field(default=10_000, ge=0, description="The most records of a small job.")
    max_upload_bytes: int = Field(default=100_000_000, gt=0, description="The most bytes of one request.")
    upload_life_minutes: int = Field(
        default=240, ge=1, le=10_080, description="How long an address for an upload can be used."
    )
    inbox_wait_minutes: int = Field(
        default=10,
        ge=0,
        le=10_080,
        description="How long a batch in the inbox is waited for until all tables are there.",
    )
    max_ingest_rows: int = Field(default=1_000, gt=0, description="The most JSON rows of one ingest request.")
    fetch_networks: Annotated[tuple[IPvAnyNetwork, ...], NoDecode] = Field(
        default=(),
        description="Networks that are not public and files may be fetched from all the same, separated by commas.",
    )
    pipelines_url: str | None = Field(
        default=None,
        description="The factory whose pipelines the app starts, azure:///subscriptions/…/factories/NAME; "
        "or the address of the local runner.",
    )
    pipelines_key: SecretStr | None = Field(default=None, description="The key that the local runner wants.")
    large_batch_minutes: int = Field(
        default=600, ge=1, description="How often the large path is due, counted from midnight of 1 January 2026 UTC."
    )
    claim_seconds: int = Field(
        default=14_400,
        ge=1,
        le=604_800,
        description="How long a job belongs to the run of the large path that claimed it, from its last sign of life.",
    )
    claim_tries: int = Field(
        default=5, ge=1, description="How often the large path takes a job up before it has failed."
    )
    engine: Literal["pyarrow", "pandas"] = Field(default="pyarrow", description="The engine of small jobs.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="What is logged.")

    landing_container: str = Field(default="landing", description="Where files arrive that no request brings.")
    bronze_container: str = Field(default="bronze", description="Files as they were sent.")
    silver_container: str = Field(default="silver", description="Cleaned rows and quarantined rows.")
    gold_container: str = Field(default="gold", description="Analytical tables as Parquet.")
    exports_container: str = Field(default="exports", description="Workbooks and CSV that jobs hand out.")
    manifests_container: str = Field(default="manifests", description="What each job received and produced.")
    staging_container: str = Field(
        default="staging", description="What the large path needs of a job until it has ended: shards and keys."
    )
    raw_container: str = Field(
        default="raw", description="Raw data of others, in folders {userId}/{parentJobId}; it is only read."
    )
    raw_storage: SecretStr | None = Field(
        default=None,
        description="Connection string of the account that has the raw container, if it is another; may hold a SAS.",
    )
    raw_storage_account: str | None = Field(
        default=None, description="Name of that account, where managed identity signs in to it."
    )
    jobs_table: str = Field(default="jobs", description="Jobs and their timelines.")
    content_keys_table: str = Field(default="contentkeys", description="Which job holds which content.")

    @field_validator("fetch_networks", "identity_audiences", "pipeline_identities", mode="before")
    @classmethod
    def _apart(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("pipeline_identities")
    @classmethod
    def _is_set_with_the_others(cls, identities: tuple[UUID, ...], info: ValidationInfo) -> tuple[UUID, ...]:
        set_ones = {bool(info.data.get(name)) for name in ("identity_tenant_id", "identity_audiences")}
        if {*set_ones, bool(identities)} == {True, False}:
            raise ValueError(
                "STRATA_IDENTITY_TENANT_ID, STRATA_IDENTITY_AUDIENCES and STRATA_PIPELINE_IDENTITIES "
                "say together which tokens are accepted; set all three of them or none"
            )
        return identities

    @field_validator("identity_authority")
    @classmethod
    def _is_safe_to_ask(cls, address: str) -> str:
        parts = urlsplit(address)
        if not parts.hostname or (parts.scheme != "https" and parts.hostname not in _THIS_MACHINE):
            raise ValueError("has to begin with https:// and name a host")
        return address.rstrip("/")

    @field_validator("raw_container")
    @classmethod
    def _is_none_of_ours(cls, name: str, info: ValidationInfo) -> str:
        if name in {value for field, value in info.data.items() if field.endswith("_container")}:
            raise ValueError("is a container that Strata writes to; give one of them another name")
        return name

    @property
    def in_azure(self) -> bool:
        """Whether this process runs in an Azure Functions app, where several instances may run at once."""
        return bool(self.site_instance)


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Return the settings of this process; raises :class:`AppError` naming those missing or wrong."""
    try:
        return Settings()  # type: ignore[call-arg]  # the environment gives the rest
    except ValidationError as error:
        faults = [(str(fault["loc"][0]), fault["msg"]) for fault in error.errors(include_input=False)]
        raise AppError(
            "The settings are not complete: " + "; ".join(f"{name}: {reason}" for name, reason in faults) + ".",
            code="invalid_settings",
            advice="Set each of them in the environment as STRATA_ and the name in capitals.",
            settings=[name for name, _ in faults],
        ) from None
