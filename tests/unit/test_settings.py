from __future__ import annotations

import pytest

from shared.errors import AppError
from shared.settings import Settings, get_settings

REQUIRED = {"STRATA_API_TOKEN": "a", "STRATA_TOKEN_KEY": "b", "STRATA_WAREHOUSE_URL": "duckdb:///w.duckdb"}


@pytest.fixture(autouse=True)
def _fresh_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    get_settings.cache_clear()
    for name in (*REQUIRED, "AzureWebJobsStorage", "WEBSITE_INSTANCE_ID"):
        monkeypatch.delenv(name, raising=False)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**REQUIRED, "AzureWebJobsStorage": "cs", "STRATA_SMALL_BATCH_THRESHOLD": "5"}.items():
        monkeypatch.setenv(name, value)
    settings = get_settings()
    assert settings.storage is not None
    assert settings.storage.get_secret_value() == "cs"
    assert settings.small_batch_threshold == 5
    assert get_settings() is settings


@pytest.mark.parametrize("missing", REQUIRED)
def test_a_missing_secret_is_named(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in REQUIRED.items():
        if name != missing:
            monkeypatch.setenv(name, value)
    with pytest.raises(AppError) as refusal:
        get_settings()
    assert refusal.value.code == "invalid_settings"
    assert refusal.value.details["settings"] == [missing.removeprefix("STRATA_").lower()]


def test_an_empty_secret_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**REQUIRED, "STRATA_API_TOKEN": ""}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(AppError, match="api_token"):
        get_settings()


def test_a_wrong_value_is_not_repeated_in_the_message(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**REQUIRED, "STRATA_SMALL_BATCH_THRESHOLD": "s3cret"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(AppError) as refusal:
        get_settings()
    assert "small_batch_threshold" in refusal.value.message
    assert "s3cret" not in refusal.value.message


def test_secrets_are_not_shown() -> None:
    settings = Settings(storage="AccountKey=k1", api_token="t1", token_key="t2", warehouse_url="duckdb:///w")
    assert not any(secret in repr(settings) for secret in ("AccountKey", "t1", "t2"))


OWN_CONTAINERS = [name for name in Settings.model_fields if name.endswith("_container") and name != "raw_container"]


@pytest.mark.parametrize("own", OWN_CONTAINERS)
def test_no_container_of_our_own_can_be_the_raw_container(own: str, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {**REQUIRED, "STRATA_RAW_CONTAINER": "lake", f"STRATA_{own.upper()}": "lake"}
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(AppError, match=r"raw_container: .* Strata writes to"):
        get_settings()


TENANT, FACTORY = "11111111-2222-4333-8444-555555555555", "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
IDENTITY = {
    "STRATA_IDENTITY_TENANT_ID": TENANT,
    "STRATA_IDENTITY_AUDIENCES": "api://strata, cccccccc-bbbb-4ccc-8ddd-eeeeeeeeeeee",
    "STRATA_PIPELINE_IDENTITIES": f"{FACTORY},{TENANT.upper()}",
}


def test_audiences_and_identities_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**REQUIRED, **IDENTITY}.items():
        monkeypatch.setenv(name, value)
    settings = get_settings()
    assert settings.identity_audiences == ("api://strata", "cccccccc-bbbb-4ccc-8ddd-eeeeeeeeeeee")
    assert [str(identity) for identity in settings.pipeline_identities] == [FACTORY, TENANT]


@pytest.mark.parametrize("left_out", IDENTITY)
@pytest.mark.parametrize("how", ["missing", "empty"])
def test_what_says_which_tokens_are_accepted_is_set_as_a_whole(
    left_out: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**REQUIRED, **IDENTITY}.items():
        monkeypatch.setenv(name, value)
    if how == "missing" or left_out == "STRATA_IDENTITY_TENANT_ID":
        monkeypatch.delenv(left_out)
    else:
        monkeypatch.setenv(left_out, " , ")
    with pytest.raises(AppError, match="set all three of them or none") as refusal:
        get_settings()
    assert all(name in refusal.value.message for name in IDENTITY)


def test_an_object_id_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**REQUIRED, **IDENTITY, "STRATA_PIPELINE_IDENTITIES": "the-factory"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(AppError, match="pipeline_identities"):
        get_settings()


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://login.microsoftonline.us/", "https://login.microsoftonline.us"),
        ("http://127.0.0.1:9", "http://127.0.0.1:9"),
        ("http://login.example.org", None),
        ("login.example.org", None),
    ],
)
def test_keys_of_tokens_are_asked_for_safely(address: str, kept: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**REQUIRED, "STRATA_IDENTITY_AUTHORITY": address}.items():
        monkeypatch.setenv(name, value)
    if kept:
        assert get_settings().identity_authority == kept
    else:
        with pytest.raises(AppError, match="identity_authority"):
            get_settings()
