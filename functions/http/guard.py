"""The outermost layer of the API: no exception leaves it, and every request is one line in the log."""

from __future__ import annotations

import logging
import time
import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers, MutableHeaders

from functions.http.problems import CORRELATION_ID, PROBLEM_CODE, error_response, internal_response
from shared import bootstrap
from shared.errors import AppError
from shared.logs import invocation_logging

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_DEFAULT_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_METHODS_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
_log = logging.getLogger(__name__)


class Guard:
    """ASGI middleware that answers 500 for an exception and keeps it from the host.

    Starlette raises again after it has sent its 500, and the Functions host would then replace that answer by
    an empty one. Each request gets a correlation id, the Functions invocation's where there is one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application, and log method, route, status and milliseconds."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        correlation_id = str(scope.get("azure_functions.invocation_id") or uuid.uuid4())
        scope[CORRELATION_ID] = correlation_id
        started, status = time.perf_counter(), 0

        async def observe(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Correlation-Id"] = correlation_id
                for name, value in _DEFAULT_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        with invocation_logging(correlation_id):
            try:
                await self._app(scope, receive, observe)
            except Exception as error:  # the host would turn it into an empty answer
                if not status:
                    await internal_response(scope, error)(scope, receive, observe)
            finally:
                _log_request(scope, status, round((time.perf_counter() - started) * 1000))


def _log_request(scope: Scope, status: int, ms: int) -> None:
    fields = {
        "method": scope["method"],
        "route": getattr(scope.get("route"), "path", None),  # the template: an address may hold personal data
        "status": status,
        "ms": ms,
    }
    if PROBLEM_CODE in scope:
        fields["code"] = scope[PROBLEM_CODE]
    level = logging.INFO if status < HTTPStatus.INTERNAL_SERVER_ERROR else logging.WARNING
    _log.log(level, "request", extra={"fields": fields})


class LengthRequiredError(AppError):
    """A body came whose length was not said; Functions hands such a body over empty."""

    code = "length_required"
    status = 411
    advice = "Send it with a Content-Length header, not in chunks."


class UploadTooLargeError(AppError):
    """The body is larger than one request may be."""

    code = "upload_too_large"
    status = 413
    advice = "Ask POST /api/uploads for an address; what is uploaded there may be of any size."


class BodyRules:
    """ASGI middleware that refuses a body of unknown length and one that is too large, before it is read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 411 or 413."""
        try:
            if scope["type"] == "http" and scope["method"] in _METHODS_WITH_BODY:
                _check_length(Headers(scope=scope))
        except AppError as error:
            await error_response(scope, error)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _check_length(headers: Headers) -> None:
    length = headers.get("content-length", "")
    if not length.isdecimal():
        # A request without a body, such as curl's -X POST, announces neither of these.
        if "transfer-encoding" in headers or "content-type" in headers:
            raise LengthRequiredError("The request does not say how long its body is.")
        return
    limit = bootstrap.get_app().settings.max_upload_bytes
    if int(length) > limit:
        raise UploadTooLargeError(f"One request may hold at most {limit:,} bytes.", maxBytes=limit)
