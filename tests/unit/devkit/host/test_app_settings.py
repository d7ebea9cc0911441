from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from devkit.host.app_settings import connection_string, is_disabled, load_local_settings, resolve_settings
from devkit.host.errors import HostError

if TYPE_CHECKING:
    from pathlib import Path


def test_local_settings_fill_in_what_the_environment_does_not_say(tmp_path: Path) -> None:
    values = {"Values": {"KNOWN": "from file", "NEW": 1}}
    (tmp_path / "local.settings.json").write_text(json.dumps(values))
    environ = {"KNOWN": "from environment"}
    load_local_settings(tmp_path, environ)
    assert environ == {"KNOWN": "from environment", "NEW": "1"}


def test_local_settings_may_be_absent(tmp_path: Path) -> None:
    environ: dict[str, str] = {}
    load_local_settings(tmp_path, environ)
    assert environ == {}


@pytest.mark.parametrize("text", ["{", "[]", '{"Values": []}', '{"IsEncrypted": true}'])
def test_local_settings_that_cannot_be_used_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "local.settings.json").write_text(text)
    with pytest.raises(HostError, match=r"local\.settings\.json"):
        load_local_settings(tmp_path, {})


def test_a_connection_is_a_setting_with_or_without_the_host_prefix() -> None:
    environ = {"AzureWebJobsStorage": "default", "AzureWebJobsOther": "prefixed", "Plain": "plain"}
    assert connection_string("", environ) == "default"
    assert connection_string("AzureWebJobsStorage", environ) == "default"
    assert connection_string("Storage", environ) == "default"
    assert connection_string("Other", environ) == "prefixed"
    assert connection_string("Plain", environ) == "plain"


def test_a_connection_that_is_not_set_is_named() -> None:
    with pytest.raises(HostError, match="'AzureWebJobsStorage' is not set"):
        connection_string("", {})


def test_a_binding_may_name_settings_between_percent_signs() -> None:
    assert resolve_settings("%PREFIX%-queue", {"PREFIX": "my"}) == "my-queue"


def test_a_setting_that_a_binding_names_must_be_set() -> None:
    with pytest.raises(HostError, match="PREFIX"):
        resolve_settings("%PREFIX%-queue", {})


@pytest.mark.parametrize(("value", "disabled"), [("true", True), ("1", True), ("false", False), ("", False)])
def test_a_setting_disables_a_function(value: str, disabled: bool) -> None:
    assert is_disabled("sweep", {"AzureWebJobs.sweep.Disabled": value}) is disabled
    assert not is_disabled("other", {"AzureWebJobs.sweep.Disabled": value})
