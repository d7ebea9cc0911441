"""Secrets, which belong into the key vault and never into definitions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from devkit.adf.texts import below, walk_values
from devkit.adf.validate.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devkit.adf.factory import Factory

_SECRET_TEXT = re.compile(r"(?:AccountKey|SharedAccessSignature|SharedAccessKey|Password|Pwd)\s*=\s*[^;{@\s]", re.I)
_SECRET_NAMES = frozenset({"encryptedCredential", "accountKey", "sasToken", "servicePrincipalKey", "accessToken"})


def check_secrets(factory: Factory) -> Iterator[Finding]:
    """Find values that are secrets; none of them is shown."""
    for definitions in factory.definitions.values():
        for each in definitions.values():
            for place, value in walk_values(each.properties, "$.properties"):
                for path, what in _secrets(value, place):
                    yield Finding(each.file, path, f"{what} is a secret; refer to the key vault.")


def _secrets(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and _SECRET_TEXT.search(value):
        yield path, "A part of the text"
    if not isinstance(value, dict):
        return
    if value.get("type") == "SecureString":
        yield path, "A SecureString"
    for name in sorted(_SECRET_NAMES & value.keys()):
        if isinstance(value[name], str) and not value[name].startswith("@"):
            yield below(path, name), f"'{name}'"
