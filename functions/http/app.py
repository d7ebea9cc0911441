"""The HTTP API as one ASGI application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import Depends, FastAPI

from functions.http import (
    adf,
    answers,
    claims,
    clean_data,
    docs,
    exports,
    health,
    ingest,
    jobs,
    metrics,
    passport,
    problems,
    quality,
    queries,
    rejections,
    replays,
    routing,
    run_now,
    tables,
    upload_urls,
    uploads,
)
from functions.http.authentication import Authentication, denied_unless_declared
from functions.http.guard import BodyRules, Guard
from functions.http.head import Head
from shared import __version__

if TYPE_CHECKING:
    from fastapi.routing import APIRoute
    from starlette.types import ASGIApp

#: The addresses that need no token.
PUBLIC_PATHS: Final = frozenset({"/api/health", *docs.PATHS})

_DESCRIPTION: Final = """Upload files, follow the jobs they become, and read the tables they fill.

Every address but `/api/health` and this documentation needs a token. Errors are problems as in RFC 9457:
`code` for programs, `detail` and `advice` for people. Rows come as JSON, or as CSV by `format=csv` or
`Accept: text/csv`; CSV holds the values unaltered, so a spreadsheet may take a text that begins with `=` for
a formula."""
_TAGS: Final = [
    {"name": "jobs", "description": "Uploads, and what became of them."},
    {"name": "pipelines", "description": "The steps of Data Factory's pipelines; they need its identity or its key."},
    {"name": "data", "description": "What the warehouse holds."},
    {"name": "system", "description": "Whether it works."},
]


def create_asgi_app() -> ASGIApp:
    """Return the API with its guard; nothing is read or connected before the first request."""
    return Head(Guard(Authentication(BodyRules(create_api()), PUBLIC_PATHS)))


def create_api() -> FastAPI:
    """Return the API itself, without what stands before it."""
    api = FastAPI(
        title="Strata",
        version=__version__,
        description=_DESCRIPTION,
        openapi_tags=_TAGS,
        openapi_url=None,
        redirect_slashes=False,
        dependencies=[Depends(denied_unless_declared)],
        generate_unique_id_function=_operation_id,
    )
    for module in (
        uploads,
        claims,
        upload_urls,
        ingest,
        clean_data,
        jobs,
        rejections,
        exports,
        quality,
        replays,
        answers,
        run_now,
        adf,
        routing,
        tables,
        queries,
        passport,
        metrics,
        health,
        docs,
    ):
        api.include_router(module.router)
    problems.install(api)
    return api


def _operation_id(route: APIRoute) -> str:
    first, *others = route.name.split("_")
    return first + "".join(word.capitalize() for word in others)
