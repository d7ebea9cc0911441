"""App settings: local.settings.json, and how bindings name a setting."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from devkit.host.errors import HostError

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping
    from pathlib import Path

_SETTING = re.compile(r"%([^%]+)%")
_DEFAULT_CONNECTION = "AzureWebJobsStorage"


def load_local_settings(directory: Path, environ: MutableMapping[str, str]) -> None:
    """Copy the "Values" of local.settings.json, if there is one, to where ``environ`` does not say otherwise.

    Raises :class:`HostError` when the file is not readable as such.
    """
    path = directory / "local.settings.json"
    if not path.exists():
        return
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        encrypted, values = content.get("IsEncrypted", False), content.get("Values", {})
        settings = {str(name): str(value) for name, value in values.items()}
    except (ValueError, AttributeError) as error:
        raise HostError(f'{path} is not valid: {error}. It holds {{"IsEncrypted": false, "Values": {{…}}}}.') from None
    if encrypted:
        raise HostError(f"{path} is encrypted; decrypt it with 'func settings decrypt'.")
    for name, value in settings.items():
        environ.setdefault(name, value)


def connection_string(name: str, environ: Mapping[str, str]) -> str:
    """Return the connection string that a binding's ``connection`` names.

    Raises :class:`HostError` when it is not set.
    """
    setting = name or _DEFAULT_CONNECTION
    value = environ.get(f"AzureWebJobs{setting}") or environ.get(setting)
    if not value:
        raise HostError(
            f"The connection '{setting}' is not set: every trigger other than HTTP needs the connection "
            f"string of a storage account, in the environment or in local.settings.json."
        )
    return value


def resolve_settings(text: str, environ: Mapping[str, str]) -> str:
    """Return ``text`` with every ``%NAME%`` replaced by that setting.

    Raises :class:`HostError` when it is not set.
    """

    def value(found: re.Match[str]) -> str:
        if found[1] not in environ:
            raise HostError(f"The setting {found[1]}, which a binding names as {found[0]}, is not set.")
        return environ[found[1]]

    return _SETTING.sub(value, text)


def is_disabled(function: str, environ: Mapping[str, str]) -> bool:
    """Tell whether ``AzureWebJobs.<function>.Disabled`` switches the function off."""
    return environ.get(f"AzureWebJobs.{function}.Disabled", "").lower() in {"1", "true"}
