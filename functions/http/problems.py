"""Errors as ``application/problem+json`` (RFC 9457): a code, one sentence, and what to do."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from functions.http.parameters import fault_of
from shared.errors import AppError, InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Scope

MEDIA_TYPE: Final = "application/problem+json"
CORRELATION_ID: Final = "strata.correlation_id"
PROBLEM_CODE: Final = "strata.problem_code"
_log = logging.getLogger(__name__)


class Problem(BaseModel):
    """What went wrong, for a program (``code``) and for a person (``detail``, ``advice``)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field("about:blank", description="Always about:blank: the code says which problem this is.")
    title: str = Field(description="The HTTP status in words.", examples=["Not Found"])
    status: int = Field(description="The HTTP status.", examples=[404])
    detail: str = Field(description="What happened, in one sentence.", examples=["There is no dataset 'x'."])
    code: str = Field(description="The problem's stable name, for programs.", examples=["unknown_dataset"])
    advice: str = Field(description="What to do about it.", examples=["Use one of: ecommerce."])
    instance: str = Field(description="The address that was called.", examples=["/api/jobs"])
    correlationId: str = Field(description="Names this call in the logs.")  # noqa: N815 - the public name


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI descriptions of the problems that a route answers, and any other."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    named: dict[int | str, dict[str, Any]] = {
        status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses
    }
    return {**named, "default": {"description": "Any other problem", "content": content}}


def problem_response(
    scope: Scope,
    *,
    status: int,
    code: str,
    detail: str,
    advice: str,
    details: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the answer for a problem; ``details`` never replace the members that the standard names."""
    scope[PROBLEM_CODE] = code
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "advice": advice,
        "instance": quote(scope["path"]),
        "correlationId": scope.get(CORRELATION_ID, ""),
    }
    extra = {name: value for name, value in (details or {}).items() if name not in body}
    content = msgspec.json.encode({**body, **extra}, enc_hook=str)
    return Response(content, status, headers, MEDIA_TYPE)


def error_response(scope: Scope, error: AppError, headers: Mapping[str, str] | None = None) -> Response:
    """Return the answer for an explained error; one of status 500 is a fault of ours and not explained."""
    if error.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return internal_response(scope, error)
    if error.status > HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.warning("unavailable", exc_info=error)
    return problem_response(
        scope,
        status=error.status,
        code=error.code,
        detail=error.message,
        advice=error.advice,
        details=error.details,
        headers=headers,
    )


def internal_response(scope: Scope, error: Exception) -> Response:
    """Return the answer for a fault of ours: nothing of its inside, but the id under which the log has it."""
    _log.error("unhandled error", exc_info=error)
    return problem_response(
        scope,
        status=500,
        code="internal_error",
        detail="Something went wrong on our side.",
        advice="Try again; if it keeps happening, tell the operator the correlation id.",
    )


def install(api: FastAPI) -> None:
    """Make every error of the API a problem."""
    api.add_exception_handler(AppError, _on_app_error)
    api.add_exception_handler(HTTPException, _on_http_exception)
    api.add_exception_handler(RequestValidationError, _on_invalid_parameters)
    api.add_exception_handler(ClientDisconnect, _on_disconnect)
    api.add_exception_handler(Exception, _on_unexpected)


async def _on_app_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)  # noqa: S101 - narrows the type that Starlette leaves open
    return error_response(request.scope, error)


async def _on_unexpected(request: Request, error: Exception) -> Response:
    return internal_response(request.scope, error)


async def _on_disconnect(request: Request, _: Exception) -> Response:
    return error_response(request.scope, InvalidRequestError("The request ended early.", code="incomplete_request"))


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - narrows the type that Starlette leaves open
    code, detail = InvalidRequestError.code, error.detail
    if error.status_code == HTTPStatus.NOT_FOUND:
        code, detail = "not_found", "There is nothing at this address."
    elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        code, detail = "method_not_allowed", f"This address does not take {request.method}."
    return problem_response(
        request.scope,
        status=error.status_code,
        code=code,
        detail=detail,
        advice="See /api/docs for what there is and what it takes.",
        headers=error.headers,
    )


async def _on_invalid_parameters(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - narrows the type that Starlette leaves open
    faults = [fault_of(fault) for fault in error.errors()]
    problem = InvalidRequestError(faults[0]["reason"], code="invalid_parameter", errors=faults)
    return error_response(request.scope, problem)
