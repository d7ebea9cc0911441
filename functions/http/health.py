"""``GET /api/health``: whether storage, queues and warehouse answer."""

# ruff: noqa: TC001 - FastAPI reads annotations at run time

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import Field

from functions.http.application import Application
from functions.http.authentication import Public, principal_of
from functions.http.models import Answer
from functions.http.problems import documented

router = APIRouter(tags=["system"])


class CheckAnswer(Answer):
    """Whether one part of the system answers, and how fast."""

    ok: bool
    ms: int
    problem: str | None


class HealthAnswer(Answer):
    """Whether the system works, and each part of it."""

    status: str = Field(examples=["healthy"])
    checks: dict[str, CheckAnswer]


@router.get(
    "/api/health",
    dependencies=[Public],
    summary="Ask whether the system works",
    responses={
        503: {"description": "A part of the system does not answer.", "model": HealthAnswer},
        **documented(),
    },
    openapi_extra={"security": []},
)
def get_health(request: Request, response: Response, app: Application) -> HealthAnswer:
    """Answer 200 when storage, queues and warehouse all answer, and 503 when one does not.

    No token is needed. With one, the answer says what is wrong with a part that is down.
    """
    report = app.health()
    known = principal_of(request) is not None
    checks = {
        name: CheckAnswer(ok=check.ok, ms=check.ms, problem=_problem(check.problem, known))
        for name, check in report.items()
    }
    healthy = all(check.ok for check in report.values())
    response.status_code = 200 if healthy else 503
    return HealthAnswer(status="healthy" if healthy else "unhealthy", checks=checks)


def _problem(problem: str | None, known: bool) -> str | None:
    # Anyone may ask, and the reason can name hosts and accounts.
    return problem if known or problem is None else "It does not answer."
