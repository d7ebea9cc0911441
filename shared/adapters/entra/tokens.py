"""Verifies access tokens, and tells what their holders may do."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import jwt

from shared.adapters.entra.signing_keys import SigningKeys
from shared.domain.roles import Principal, Role
from shared.errors import ForbiddenError, UnauthenticatedError

if TYPE_CHECKING:
    from collections.abc import Mapping

_ALGORITHM = "RS256"
_LEEWAY_SECONDS = 60
_CLAIMS = ["iss", "aud", "exp", "nbf", "tid", "oid"]
_ADVICE = "Ask for a new token of this tenant for this application, and send it as 'Authorization: Bearer <token>'."
# These are said of tokens whose signature is right; of any other nothing is said.
_SENTENCES: dict[type[Exception], str] = {
    jwt.ExpiredSignatureError: "The token has expired.",
    jwt.ImmatureSignatureError: "The token is not valid yet.",
    jwt.InvalidAudienceError: "The token is for another application.",
}
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EntraTokens:
    """A :class:`~shared.ports.TokenVerifier` for one tenant.

    ``authority`` is the address of the cloud's sign-in service. ``audiences`` are what a token may be for: the
    application's id URI in tokens of version 1, its client id in those of version 2. ``pipelines`` are the object ids
    of the identities that may act as pipelines, in lower case, as ``tenant_id`` is.
    """

    authority: str
    tenant_id: str
    audiences: frozenset[str]
    pipelines: frozenset[str]

    def verify(self, token: str) -> Principal:
        """Return who holds a token; see :meth:`shared.ports.TokenVerifier.verify`."""
        identity = str(self._claims(token)["oid"]).lower()
        if identity not in self.pipelines:
            raise ForbiddenError(
                "The token is valid, but its holder may not act as a pipeline.",
                code="unknown_identity",
                advice="Have an administrator name its object id in STRATA_PIPELINE_IDENTITIES.",
            )
        return Principal(identity, Role.PIPELINE)

    def _claims(self, token: str) -> Mapping[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
            claimed = jwt.decode(token, options={"verify_signature": False})
            keys, key_id = self._keys.get(str(claimed.get("ver"))), header.get("kid")
            # Who asks for another algorithm, or names no key, is not worth a question to the authority.
            found = keys.find(key_id) if keys and key_id and header.get("alg") == _ALGORITHM else None
            if found is None:
                raise jwt.InvalidTokenError
            issuer, key = found
            claims = jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=self.audiences,
                issuer=issuer,
                leeway=_LEEWAY_SECONDS,
                options={"require": _CLAIMS},
            )
            if str(claims["tid"]).lower() != self.tenant_id:
                raise jwt.InvalidTokenError
        except (jwt.PyJWTError, RecursionError) as error:
            _log.info("a token is refused", extra={"fields": {"reason": type(error).__name__}})
            sentence = _SENTENCES.get(type(error), "The token is not valid.")
            raise UnauthenticatedError(sentence, advice=_ADVICE) from None
        return claims

    @cached_property
    def _keys(self) -> dict[str, SigningKeys]:
        """The keys of tokens of each version; the application's registration decides which one it is sent."""
        tenant, document = f"{self.authority}/{self.tenant_id}", ".well-known/openid-configuration"
        return {"1.0": SigningKeys(f"{tenant}/{document}"), "2.0": SigningKeys(f"{tenant}/v2.0/{document}")}
