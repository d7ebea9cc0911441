"""Fetches files from the web within limits of time and size."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, BinaryIO

import httpx

from shared.adapters.web.transport import GuardedTransport, resolve
from shared.errors import AppError, InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Collection

    from shared.adapters.web.addresses import Network
    from shared.adapters.web.transport import Resolve

_MOST_REDIRECTS = 3
_SECONDS = 60.0
_SILENT_SECONDS = 10.0
_HEADERS = {"User-Agent": "Strata", "Accept": "*/*"}

# It writes whole addresses, in which there may be passwords and keys.
logging.getLogger("httpx").setLevel(logging.WARNING)


class NotFetchedError(AppError):
    """A file could not be had from where it lies."""

    code = "not_fetched"
    status = 422
    advice = "Open the address in a browser; if the file is there, download it and upload it."


class TooLargeToFetchError(AppError):
    """A file is larger than what is fetched."""

    code = "upload_too_large"
    status = 413
    advice = "Ask POST /api/uploads for an address; what is uploaded there may be of any size."


class HttpWeb:
    """A :class:`~shared.ports.Web` that reaches public addresses, and those in the networks ``allowed``."""

    def __init__(
        self, allowed: Collection[Network] = (), *, seconds: float = _SECONDS, resolve: Resolve = resolve
    ) -> None:
        self._allowed = allowed
        self._seconds = seconds
        self._resolve = resolve

    def fetch(self, url: str, into: BinaryIO, most_bytes: int) -> str:
        """Write the file at an address to a stream; see :meth:`shared.ports.Web.fetch`."""
        # What is raised in here is about addresses that may hold passwords, so it goes no further.
        try:
            address = httpx.URL(url)
        except httpx.InvalidURL:
            raise InvalidRequestError("This is no address of a file on the web.", code="invalid_url") from None
        host = address.host
        try:
            return asyncio.run(self._fetch(address, into, most_bytes))
        except (TimeoutError, httpx.TimeoutException):
            raise NotFetchedError(f"{host} did not answer in time.", code="no_answer_in_time", host=host) from None
        except httpx.TooManyRedirects:
            raise NotFetchedError(f"{host} sends on more than {_MOST_REDIRECTS} times.", host=host) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            problem = f"{host} could not be reached, or broke off its answer ({type(error).__name__})."
            raise NotFetchedError(problem, host=host) from None

    async def _fetch(self, url: httpx.URL, into: BinaryIO, most_bytes: int) -> str:
        client = httpx.AsyncClient(
            transport=GuardedTransport(self._allowed, self._resolve),
            trust_env=False,
            follow_redirects=True,
            max_redirects=_MOST_REDIRECTS,
            timeout=_SILENT_SECONDS,
            headers=_HEADERS,
        )
        async with asyncio.timeout(self._seconds), client, client.stream("GET", url) as response:
            if response.status_code != httpx.codes.OK:
                raise NotFetchedError(
                    f"{url.host} answered {response.status_code} instead of the file.",
                    host=url.host,
                    answered=response.status_code,
                )
            written = 0
            async for chunk in response.aiter_bytes():
                written += len(chunk)
                if written > most_bytes:
                    raise TooLargeToFetchError(f"The file has more than {most_bytes:,} bytes.", maxBytes=most_bytes)
                into.write(chunk)
            return response.url.path.rpartition("/")[2]
