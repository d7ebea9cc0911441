"""The errors Strata tells a person about: a code, an HTTP status, one sentence, and what to do next."""

from __future__ import annotations

from typing import Any


class AppError(Exception):
    """Anything that went wrong and can be explained.

    ``code`` is stable and meant for programs, ``status`` is the HTTP status an API answers with,
    ``message`` is one sentence for a person and ``advice`` says what to do. ``details`` holds further
    JSON values (file, row, column, known names) and never personal data.
    """

    code = "error"
    status = 500
    advice = "Try again; if it keeps happening, tell the operator the code and the time."

    def __init__(self, message: str, *, advice: str | None = None, code: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice if advice is not None else type(self).advice
        self.code = code if code is not None else type(self).code
        self.details = details


class NotFoundError(AppError):
    """What was asked for does not exist."""

    code = "not_found"
    status = 404
    advice = "Check how the name or id is written."


class InvalidRequestError(AppError):
    """The request itself cannot be understood."""

    code = "invalid_request"
    status = 400
    advice = "Correct the request and send it again."


class UnauthenticatedError(AppError):
    """No valid token came with the request."""

    code = "unauthenticated"
    status = 401
    advice = "Send the header 'Authorization: Bearer <token>'."


class ForbiddenError(AppError):
    """The caller is known but may not do this."""

    code = "forbidden"
    status = 403
    advice = "Ask an administrator for the role this needs."


class ConflictError(AppError):
    """The thing is not in a state in which this can be done."""

    code = "conflict"
    status = 409
    advice = "Look at its present state and decide again."


class GoneError(AppError):
    """What was asked for existed and was deleted."""

    code = "gone"
    status = 410
    advice = "It cannot be brought back; send the files again if they are needed."


class UnreadableFileError(AppError):
    """A file as a whole cannot be read as what it should be; its bytes are kept in bronze."""

    code = "unreadable_file"
    status = 422
    advice = "Correct the file and upload it again."


class ContractError(AppError):
    """A dataset contract has a mistake; details name line, expectation and nearest valid word."""

    code = "invalid_contract"
    status = 422
    advice = "Correct the contract at the place named."


class DataRejectedError(AppError):
    """The file could be read, but the contract allows none of it to go on."""

    code = "data_rejected"
    status = 422
    advice = "Look at the rejected rows and their reasons, correct the file and upload it again."


class UnavailableError(AppError):
    """A service that is needed does not answer; nothing is lost and a later try may succeed."""

    code = "unavailable"
    status = 503
    advice = "Wait a moment and try again."
