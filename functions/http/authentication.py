"""Who calls: every path is closed without a valid token, except the few that are named public."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from functions.http.problems import error_response
from shared import bootstrap
from shared.domain.roles import Principal, Role
from shared.errors import AppError, ForbiddenError, UnauthenticatedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp, Receive, Scope, Send

_PRINCIPAL: Final = "strata.principal"
_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="strata"'}
# A token of an identity is signed: header, claims and signature, with a point between them.
_POINTS_IN_SIGNED_TOKEN: Final = 2


class Authentication:
    """ASGI middleware that answers 401 before anything else looks at a request without a valid token.

    The token comes as ``Authorization: Bearer …`` or as ``x-functions-key``: one of the deployment's own, or one that
    was issued to an identity. On ``public`` paths no token is needed, but one of our own that came is still honoured.
    """

    def __init__(self, app: ASGIApp, public: frozenset[str]) -> None:
        self._app = app
        self._public = public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its principal, or answer 401; 403 and 503 where a token is of an identity."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        tokens = list(_tokens(scope))
        is_public = scope["path"] in self._public
        principal = _of_our_own(tokens) if tokens else None
        if principal is None and not is_public:
            try:
                principal = await _of_an_identity(tokens)
            except AppError as error:
                challenge = _CHALLENGE if isinstance(error, UnauthenticatedError) else None
                await error_response(scope, error, challenge)(scope, receive, send)
                return
        if principal is not None:
            scope[_PRINCIPAL] = principal
        await self._app(scope, receive, send)


def _tokens(scope: Scope) -> Iterator[bytes]:
    for name, value in scope["headers"]:
        if name.lower() == b"x-functions-key":
            yield value
        elif name.lower() == b"authorization":
            scheme, _, token = value.partition(b" ")
            if scheme.lower() == b"bearer":
                yield token.strip()


def _of_our_own(tokens: list[bytes]) -> Principal | None:
    settings = bootstrap.get_app().settings
    # Every token is compared, so that the time taken tells nothing about which one was right.
    known = [
        Principal(role.value, role)
        for role, secret in ((Role.ADMIN, settings.api_token), (Role.PIPELINE, settings.pipeline_key))
        if secret is not None and _is_among(tokens, secret.get_secret_value().encode())
    ]
    return known[0] if known else None


async def _of_an_identity(tokens: list[bytes]) -> Principal:
    if not tokens:
        raise UnauthenticatedError("This address needs a token.")
    verifier = bootstrap.get_app().tokens
    signed = [token for token in tokens if token.count(b".") == _POINTS_IN_SIGNED_TOKEN]
    if verifier is None or not signed:
        raise UnauthenticatedError("The token is not valid.")
    # The keys may have to be asked for, which must not keep other requests waiting.
    return await run_in_threadpool(verifier.verify, signed[0].decode("latin-1"))


def _is_among(tokens: list[bytes], expected: bytes) -> bool:
    matches = [hmac.compare_digest(token, expected) for token in tokens]
    return bool(expected) and any(matches)


def principal_of(request: Request) -> Principal | None:
    """Return who calls, or None on a public path without a token."""
    return request.scope.get(_PRINCIPAL)


async def anyone() -> None:
    """Declare a route public; its path must also be in the list that :class:`Authentication` is given."""


async def user(request: Request) -> Principal:
    """Declare a route open to every verified person, and return the caller."""
    principal = _verified(request)
    if principal.role is Role.PIPELINE:
        raise ForbiddenError("A pipeline may call the pipelines' own addresses alone.")
    return principal


async def pipeline(request: Request) -> Principal:
    """Declare a route open to pipelines and to admins, and return the caller."""
    principal = _verified(request)
    if principal.role is not Role.PIPELINE and not principal.is_admin:
        raise ForbiddenError("Only a pipeline or an administrator may do this.")
    return principal


def _verified(request: Request) -> Principal:
    principal = principal_of(request)
    if principal is None:
        raise UnauthenticatedError("This address needs a token.")
    return principal


async def admin(request: Request) -> Principal:
    """Declare a route open to admins alone, and return the caller."""
    principal = await user(request)
    if not principal.is_admin:
        raise ForbiddenError("Only an administrator may do this.")
    return principal


_DECLARATIONS: Final = frozenset({anyone, user, pipeline, admin})

#: Declares a route public.
Public = Depends(anyone)
#: Declares a route open to every verified person, as the type of a parameter.
Caller = Annotated[Principal, Depends(user)]
#: Declares a route open to pipelines and admins, as the type of a parameter.
PipelineCaller = Annotated[Principal, Depends(pipeline)]
#: Declares a route open to admins alone, as the type of a parameter.
Admin = Annotated[Principal, Depends(admin)]


def declares_caller(route: APIRoute) -> bool:
    """Tell whether a route says who may call it."""
    return any(dependency.call in _DECLARATIONS for dependency in route.dependant.dependencies)


async def denied_unless_declared(request: Request) -> None:
    """Refuse a route that does not say who may call it; a dependency of the whole API."""
    route = request.scope["route"]
    if not (isinstance(route, APIRoute) and declares_caller(route)):
        raise ForbiddenError("Nobody may call this address.")
