"""Settings of the local data factory, which are environment variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devkit.adf.errors import AdfError

if TYPE_CHECKING:
    from collections.abc import Mapping

TRIGGER_SECONDS = "STRATA_TRIGGER_SECONDS"


def trigger_seconds(environ: Mapping[str, str]) -> dict[str, float]:
    """Return every how many seconds schedule triggers fire here, by name, where that is not as they are defined.

    Written as ``EveryTenMinutes=30,EveryTenHours=600``; raises :class:`AdfError` for anything else.
    """
    found: dict[str, float] = {}
    for entry in filter(None, map(str.strip, environ.get(TRIGGER_SECONDS, "").split(","))):
        name, _, text = entry.partition("=")
        try:
            found[name.strip()] = float(text)
        except ValueError:
            raise AdfError(f"{TRIGGER_SECONDS} is written as Name=seconds,Name=seconds; '{entry}' is not.") from None
        if found[name.strip()] <= 0:
            raise AdfError(f"{TRIGGER_SECONDS}: '{name.strip()}' must fire at intervals longer than nothing.")
    return found
