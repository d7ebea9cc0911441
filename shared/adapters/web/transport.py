"""Sends requests to public addresses alone, to the very address that was checked."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import httpx

from shared.adapters.web.addresses import may_be_reached
from shared.errors import AppError, InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from shared.adapters.web.addresses import Network

    #: Returns the addresses of a host, for connections to a port.
    Resolve = Callable[[str, int], Awaitable[list[str]]]

_PORTS = {"http": 80, "https": 443}


class UnknownHostError(AppError):
    """A name stands for no address."""

    code = "unknown_host"
    status = 422
    advice = "Check how the address is written."


async def resolve(host: str, port: int) -> list[str]:
    """Return the addresses that a name stands for; raises ``OSError`` or ``UnicodeError`` when it stands for none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class GuardedTransport(httpx.AsyncBaseTransport):
    """A transport that resolves a name once, refuses what is not public, and connects to no other address.

    A name that is asked for again might stand for another address by then. Each redirect is a request of its own here.
    """

    def __init__(self, allowed: Collection[Network], resolve: Resolve = resolve) -> None:
        self._allowed = allowed
        self._resolve = resolve
        # A connection that is kept would be known by its address, which several hosts may share.
        self._inner = httpx.AsyncHTTPTransport(trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request.

        Raises :class:`InvalidRequestError` for an address that may not be fetched, :class:`UnknownHostError`, and what
        ``httpx`` raises.
        """
        host = request.url.raw_host.decode("ascii")
        *others, last = await self._addresses(request.url, host)
        for address in others:
            try:
                return await self._inner.handle_async_request(_sent_to(address, host, request))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._inner.handle_async_request(_sent_to(last, host, request))

    async def aclose(self) -> None:
        """Close what is open."""
        await self._inner.aclose()

    async def _addresses(self, url: httpx.URL, host: str) -> list[str]:
        if url.scheme not in _PORTS or not host:
            raise InvalidRequestError(
                "Only addresses that begin with http:// or https:// and name a host can be fetched.", code="invalid_url"
            )
        try:
            addresses = await self._resolve(host, url.port or _PORTS[url.scheme])
        except (OSError, UnicodeError):
            addresses = []
        if not addresses:
            raise UnknownHostError(f"There is no host {url.host}.", host=url.host)
        if not all(may_be_reached(address, self._allowed) for address in addresses):
            raise InvalidRequestError(
                f"{url.host} is not on the public internet, so nothing is fetched from there.",
                code="address_refused",
                advice="Download the file and upload it, or have its network named in the settings.",
                host=url.host,
            )
        return addresses


def _sent_to(address: str, host: str, request: httpx.Request) -> httpx.Request:
    """Return a request that goes to an address; certificates are still asked for the name of the host."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        extensions={**request.extensions, "sni_hostname": host},
    )
