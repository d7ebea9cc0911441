"""Whether the settings of local.settings.json and of the environment are such as the function app can start with."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pydantic import ValidationError

from devkit.cli.checks.finding import Finding, Verdict
from devkit.host.app_settings import load_local_settings
from devkit.host.errors import HostError
from shared.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_FILE = "local.settings.json"
# What 'make up' gives the host itself.
_GIVEN = {"STRATA_API_TOKEN": "given", "STRATA_TOKEN_KEY": "given", "STRATA_WAREHOUSE_URL": "given"}


def settings_findings(checkout: Path) -> Iterator[Finding]:
    """Yield a finding for each setting that is missing or wrong, or one that says that none is.

    Without ``local.settings.json`` only 'make up' can start the app, which gives it what must be set.
    """
    environ = dict(os.environ)
    try:
        load_local_settings(checkout, environ)
    except HostError as error:
        yield Finding("Settings", Verdict.PROBLEM, str(error), f"Compare it with {_FILE}.example.")
        return
    has_file = (checkout / _FILE).exists()
    faults = list(_faults(environ if has_file else _GIVEN | environ))
    yield from (Finding("Settings", Verdict.PROBLEM, fault, _advice(has_file=has_file)) for fault in faults)
    if not faults:
        found = f"those of {_FILE} and the environment are complete" if has_file else "'make up' gives what must be set"
        yield Finding("Settings", Verdict.OK, found)


def _faults(environ: Mapping[str, str]) -> Iterator[str]:
    names = {field: environment_name(field) for field in Settings.model_fields}
    try:
        Settings(**{field: environ[name] for field, name in names.items() if name in environ})  # type: ignore[arg-type]
    except ValidationError as error:
        for fault in error.errors(include_input=False):
            field = str(fault["loc"][0])
            yield f"{names.get(field, field)}: {fault['msg']}"


def environment_name(field: str) -> str:
    """Return the name under which a setting stands in the environment."""
    return str(Settings.model_fields[field].validation_alias or f"{Settings.model_config['env_prefix']}{field.upper()}")


def _advice(*, has_file: bool) -> str:
    place = f"in {_FILE} or the environment" if has_file else "in the environment"
    return f"Set it {place}; docs/operations.md says what each is."
