"""The keys with which a tenant signs its tokens, as its authority publishes them."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
from jwt import PyJWKSet
from jwt.exceptions import PyJWTError

from shared.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

_TIMEOUT = httpx.Timeout(5, connect=3)
#: Seconds after which keys are asked for again, and for which they are good where the authority does not answer.
FRESH, GOOD = 3_600, 86_400
#: Seconds between two questions to an authority that answers, and to one that does not.
PAUSE, PAUSE_WHEN_SILENT = 30, 10
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Published:
    """What an authority says of a tenant: the issuer of its tokens, and its RSA keys by their ids."""

    issuer: str
    keys: dict[str, Any]
    at: float


class SigningKeys:
    """The keys behind the address of an OpenID configuration, fetched when they are first needed and then kept.

    An unknown key has them fetched anew, since keys are rotated. Anybody can send tokens that name unknown keys, so the
    authority is never asked more often than every ``PAUSE`` seconds; nor is one that is silent waited for by each call.
    """

    def __init__(self, configuration: str, now: Callable[[], float] = time.monotonic) -> None:
        self._configuration = configuration
        self._now = now
        self._lock = threading.Lock()
        self._published: Published | None = None
        self._is_silent = False
        self._ask_at = now()

    def find(self, key_id: str) -> tuple[str, Any] | None:
        """Return the issuer and the key of an id, None where the tenant has no such key.

        Raises :class:`UnavailableError` when that cannot be said, because the authority does not answer.
        """
        published = self._fresh(key_id) or self._renewed(key_id)
        return (published.issuer, published.keys[key_id]) if key_id in published.keys else None

    def _fresh(self, key_id: str) -> Published | None:
        published = self._published
        is_enough = published and key_id in published.keys and self._now() - published.at < FRESH
        return published if is_enough else None

    def _renewed(self, key_id: str) -> Published:
        with self._lock:
            if published := self._fresh(key_id):
                return published
            if self._now() >= self._ask_at:
                self._ask()
            published = self._published
            if published and self._now() - published.at < GOOD and (key_id in published.keys or not self._is_silent):
                return published
        raise UnavailableError(
            "The service that publishes the keys of tokens does not answer.",
            code="identity_unavailable",
            service="identity",
        )

    def _ask(self) -> None:
        try:
            self._published, self._is_silent = _fetch(self._configuration, self._now()), False
        except (
            httpx.HTTPError,
            httpx.InvalidURL,
            PyJWTError,
            ValueError,
            LookupError,
            TypeError,
            AttributeError,
        ) as error:
            _log.warning("the keys of tokens cannot be had", extra={"fields": {"reason": type(error).__name__}})
            self._is_silent = True
        self._ask_at = self._now() + (PAUSE_WHEN_SILENT if self._is_silent else PAUSE)


def _fetch(configuration: str, now: float) -> Published:
    with httpx.Client(timeout=_TIMEOUT) as client:
        told = client.get(configuration).raise_for_status().json()
        issuer, address = str(told["issuer"]), str(told["jwks_uri"])
        if httpx.URL(configuration).scheme == "https" != httpx.URL(address).scheme:
            raise ValueError("the keys are not offered safely")
        found = PyJWKSet.from_dict(client.get(address).raise_for_status().json())
    keys = {key.key_id: key.key for key in found.keys if key.key_type == "RSA" and key.public_key_use in {"sig", None}}
    return Published(issuer, {name: key for name, key in keys.items() if name}, now)
