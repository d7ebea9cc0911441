"""The API's documentation: OpenAPI 3.1, Swagger UI and ReDoc, all of it from here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from functions.http.authentication import Public
from functions.http.problems import Problem
from shared.errors import NotFoundError

router = APIRouter(include_in_schema=False, dependencies=[Public])

_FOLDER: Final = Path(__file__).parent / "assets"
_ASSETS: Final = {
    "favicon.png": "swagger-ui/favicon-32x32.png",
    "redoc.css": "redoc.css",
    "redoc.standalone.js": "redoc/redoc.standalone.js",
    "start-swagger-ui.js": "start-swagger-ui.js",
    "swagger-ui-bundle.js": "swagger-ui/swagger-ui-bundle.js",
    "swagger-ui.css": "swagger-ui/swagger-ui.css",
}
_MEDIA_TYPES: Final = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".png": "image/png",
}
# Both pages set styles from scripts; ReDoc searches in a worker that it makes from a blob.
_CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src blob:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

#: The addresses of the documentation, all of them public.
PATHS: Final = frozenset(
    {"/api/openapi.json", "/api/docs", "/api/redoc", *(f"/api/docs/assets/{name}" for name in _ASSETS)}
)


@dataclass(frozen=True, slots=True)
class _StaticFile:
    content: bytes
    media_type: str
    etag: str


@lru_cache
def _static_file(name: str) -> _StaticFile:
    content = (_FOLDER / name).read_bytes()
    return _StaticFile(content, _MEDIA_TYPES[Path(name).suffix], f'"{hashlib.sha256(content).hexdigest()[:16]}"')


def _answer(request: Request, name: str, headers: dict[str, str]) -> Response:
    file = _static_file(name)
    headers = {**headers, "ETag": file.etag}
    if request.headers.get("if-none-match") == file.etag:
        return Response(status_code=304, headers=headers)
    return Response(file.content, headers=headers, media_type=file.media_type)


def _page(request: Request, name: str) -> Response:
    return _answer(
        request,
        name,
        {
            "Cache-Control": "no-cache",
            "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
            "Referrer-Policy": "no-referrer",
        },
    )


@router.get("/api/openapi.json")
def get_openapi_document(request: Request) -> Response:
    """Answer the OpenAPI document."""
    return JSONResponse(openapi_document(request.app), headers={"Cache-Control": "no-cache"})


@router.get("/api/docs")
def get_swagger_ui(request: Request) -> Response:
    """Answer the page with Swagger UI."""
    return _page(request, "docs.html")


@router.get("/api/redoc")
def get_redoc(request: Request) -> Response:
    """Answer the page with ReDoc."""
    return _page(request, "redoc.html")


@router.get("/api/docs/assets/{name}")
def get_asset(request: Request, name: str) -> Response:
    """Answer a file that those pages need; a day in a cache, then asked for again by its tag."""
    if name not in _ASSETS:
        raise NotFoundError(f"There is no asset '{name}'.")
    return _answer(request, _ASSETS[name], {"Cache-Control": "public, max-age=86400"})


@lru_cache(maxsize=1)
def openapi_document(api: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of an API, with how to authenticate and what errors look like."""
    document = get_openapi(
        title=api.title,
        version=api.version,
        openapi_version=api.openapi_version,
        description=api.description,
        routes=api.routes,
        tags=api.openapi_tags,
    )
    for operation in (one for path in document["paths"].values() for one in path.values()):
        for parameter in operation.get("parameters", ()):
            parameter["schema"] = _without_null(parameter["schema"])
    components = document["components"]
    components["schemas"]["Problem"] = Problem.model_json_schema(mode="serialization")
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "The token of a person or a program."},
        "key": {
            "type": "apiKey",
            "in": "header",
            "name": "x-functions-key",
            "description": "The same token.",
        },
    }
    document["security"] = [{"token": []}, {"key": []}]
    return document


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Simplify the schema of a parameter: one that may be left out is not one that may be null."""
    own = {name: value for name, value in schema.items() if name not in {"anyOf", "title"}}
    alternatives = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    return own | (alternatives[0] if len(alternatives) == 1 else {"anyOf": alternatives} if alternatives else {})
