"""Who calls: every path is closed without a valid token, except the few that are named public."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Depends, Request
from fastapi.routing import APIRoute

from functions.http.problems import error_response
from shared import bootstrap
from shared.domain.roles import Principal, Role
from shared.errors import ForbiddenError, UnauthenticatedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp, Receive, Scope, Send

_PRINCIPAL: Final = "strata.principal"
_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="strata"'}


class Authentication:
    """ASGI middleware that answers 401 before anything else looks at a request without a valid token.

    The token comes as ``Authorization: Bearer …`` or as ``x-functions-key``. On ``public`` paths a token is
    not needed, but one that came is still honoured.
    """

    def __init__(self, app: ASGIApp, public: frozenset[str]) -> None:
        self._app = app
        self._public = public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its principal, or answer 401."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        tokens = list(_tokens(scope))
        is_public = scope["path"] in self._public
        if tokens and (principal := _identify(tokens)) is not None:
            scope[_PRINCIPAL] = principal
        elif not is_public:
            sentence = "The token is not valid." if tokens else "This address needs a token."
            await error_response(scope, UnauthenticatedError(sentence), _CHALLENGE)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _tokens(scope: Scope) -> Iterator[bytes]:
    for name, value in scope["headers"]:
        if name.lower() == b"x-functions-key":
            yield value
        elif name.lower() == b"authorization":
            scheme, _, token = value.partition(b" ")
            if scheme.lower() == b"bearer":
                yield token.strip()


def _identify(tokens: list[bytes]) -> Principal | None:
    expected = bootstrap.get_app().settings.api_token.get_secret_value().encode()
    # Every token is compared, so that the time taken tells nothing about which one was right.
    matches = [hmac.compare_digest(token, expected) for token in tokens]
    return Principal("admin", Role.ADMIN) if expected and any(matches) else None


def principal_of(request: Request) -> Principal | None:
    """Return who calls, or None on a public path without a token."""
    return request.scope.get(_PRINCIPAL)


async def anyone() -> None:
    """Declare a route public; its path must also be in the list that :class:`Authentication` is given."""


async def user(request: Request) -> Principal:
    """Declare a route open to every verified caller, and return the caller."""
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


_DECLARATIONS: Final = frozenset({anyone, user, admin})

#: Declares a route public.
Public = Depends(anyone)
#: Declares a route open to every verified caller, as the type of a parameter.
Caller = Annotated[Principal, Depends(user)]
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
