"""Which system a command speaks to: the one it is told of, else the one that runs in this checkout."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from devkit.cli.errors import CliError

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Where 'make up' says how to reach what it runs, below the folder of the checkout.
LOCAL_FILE = Path(".strata", "local.json")
_START = "Start one here with 'make up', or name one by --url and --token (STRATA_URL, STRATA_TOKEN)."


@dataclass(frozen=True, slots=True)
class Address:
    """Where a system is, the token it asks for, and who said so."""

    url: str
    token: str
    source: str


def find_address(url: str | None, token: str | None, folder: Path | None = None) -> Address:
    """Return the address that ``url`` and ``token`` give, and what they leave open from the local system's own file.

    That file is looked for in ``folder`` (by default the current one) and those above it. Its token is for its own
    system alone, and never sent elsewhere. Raises :class:`CliError` when something is missing or is no address.
    """
    local = _local_address(folder or Path.cwd())
    if url is None:
        if local is None:
            raise CliError(f"No system is named, and there is no {LOCAL_FILE} in this folder or one above it.", _START)
        return Address(local.url, _sendable(token or local.token), local.source)
    url = _checked(url)
    if token is None and local is not None and local.url == url:
        return local
    if token is None:
        raise CliError(f"There is no token for {url}.", "Give one by --token or in STRATA_TOKEN.")
    return Address(url, _sendable(token), "the options or the environment")


def _local_address(folder: Path) -> Address | None:
    file = next((place / LOCAL_FILE for place in _upwards(folder) if (place / LOCAL_FILE).is_file()), None)
    if file is None:
        return None
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return Address(_checked(content["baseUrl"]), content["token"], str(file))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CliError(f"{file} cannot be read ({error}).", "Start the local system again with 'make up'.") from None


def _upwards(folder: Path) -> Iterator[Path]:
    folder = folder.resolve()
    yield from (folder, *folder.parents)


def _checked(url: str) -> str:
    try:
        parsed = httpx.URL(url)
        parsed.host.encode("idna")
    except (httpx.InvalidURL, UnicodeError):
        parsed = httpx.URL("")
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise CliError(f"'{url}' is no address of a system.", "Write it like https://strata.example.org.")
    return url.rstrip("/")


def _sendable(token: str) -> str:
    if not (token.isascii() and token.isprintable()):
        raise CliError("The token holds characters that no token has.", "Copy it again, without line ends.")
    return token
