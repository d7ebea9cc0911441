"""Uploads to Azure Blob Storage by a signed address: block by block, so that a file of any size needs little memory."""

from __future__ import annotations

import base64
from typing import IO, TYPE_CHECKING
from urllib.parse import quote

import httpx

from devkit.cli.client import open_http
from devkit.cli.errors import CliError

if TYPE_CHECKING:
    from collections.abc import Iterator

# A blob may have 50,000 blocks.
_BLOCK_BYTES = 16_000_000


def put_blob(url: str, file: IO[bytes]) -> None:
    """Upload a file to a signed address, which is all that is shown to the storage: the API's token stays here.

    Raises :class:`CliError` when the storage refuses it or cannot be reached.
    """
    with open_http(url) as http:
        names = []
        for number, block in enumerate(_blocks(file)):
            names.append(base64.b64encode(f"{number:06}".encode()).decode())
            _put(http, f"{url}&comp=block&blockid={quote(names[-1], safe='')}", block)
        listed = "".join(f"<Latest>{name}</Latest>" for name in names)
        document = f'<?xml version="1.0" encoding="utf-8"?><BlockList>{listed}</BlockList>'
        _put(http, f"{url}&comp=blocklist", document.encode())


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(_BLOCK_BYTES):
        yield block


def _put(http: httpx.Client, url: str, content: bytes) -> None:
    try:
        response = http.put(url, content=content)
    except httpx.TransportError as error:
        sentence = f"The storage cannot be reached ({str(error) or type(error).__name__})."
        raise CliError(sentence, "Check the connection and send the files again.") from None
    if not response.is_success:
        code = response.headers.get("x-ms-error-code", response.reason_phrase)
        raise CliError(
            f"The storage answered {response.status_code} ({code}).",
            "Send the files again; an address for an upload is good for a while only.",
        )
