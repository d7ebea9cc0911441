"""The activity that calls a web address: answers that say "later" are followed to their end."""

from __future__ import annotations

import asyncio
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import httpx

from devkit.adf.errors import ActivityError
from devkit.adf.timespan import parse_timespan

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from devkit.adf.context import Context
    from devkit.adf.factory import Factory, Json

_DEFAULT_TIMEOUT = "00:01:00"
_DEFAULT_PAUSE, _SHORTEST_PAUSE = 5.0, 0.2
_LARGEST_ANSWER = 4 * 1024 * 1024
_SHOWN_CHARACTERS = 500


async def run_web(activity: Json, context: Context) -> Json:
    """Send a request and return what is answered; 202 with a Location is asked there again until it is done."""
    properties = context.properties(activity)
    url, method = properties["url"], properties["method"]
    headers = {name: str(value) for name, value in (properties.get("headers") or {}).items()}
    if properties.get("authentication"):
        headers |= context.services.identity_headers(url)
    timeout = parse_timespan(properties.get("httpRequestTimeout", _DEFAULT_TIMEOUT)).total_seconds()
    caller = _Caller(context, timeout)
    response = await caller.send(method, url, headers, properties.get("body"))
    follows = not properties.get("turnOffAsync")
    while follows and response.status_code == httpx.codes.ACCEPTED and "location" in response.headers:
        await asyncio.sleep(_pause(response, context.runner.now()))
        address = response.url.join(response.headers["location"])
        # What proves who asks goes to the origin that was asked at first, and nowhere else.
        is_same = _origin(address) == _origin(httpx.URL(url))
        response = await caller.send("GET", str(address), headers if is_same else {}, None)
    return _output(response)


def unsupported_web(activity: Json, _factory: Factory) -> Iterable[str]:
    """Name what of a web activity cannot be done here."""
    properties = activity.get("typeProperties") or {}
    kind = (properties.get("authentication") or {}).get("type")
    if kind not in {None, "MSI"}:
        yield f"authentication of type {kind}"
    for name in ("datasets", "linkedServices", "connectVia"):
        if properties.get(name):
            yield f"'{name}' of a web activity"


class _Caller:
    def __init__(self, context: Context, timeout: float) -> None:
        self._http = context.services.http
        self._timeout = timeout

    async def send(self, method: str, url: str, headers: Json, body: Any) -> httpx.Response:
        content: Json = {}
        if isinstance(body, str):
            content["content"] = body.encode()
        elif body is not None:
            content["json"] = body
        try:
            response = await self._http.request(method, url, headers=headers, timeout=self._timeout, **content)
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise ActivityError(f"{_place(url)} does not answer ({type(error).__name__}).", "2108") from None
        if len(response.content) > _LARGEST_ANSWER:
            raise ActivityError(f"The answer of {_place(url)} is larger than 4 MB.", "2001")
        if response.is_error:
            said = " ".join(response.text.split())[:_SHOWN_CHARACTERS]
            status = f"{response.status_code} {response.reason_phrase}"
            raise ActivityError(f"{method} {_place(url)} answered {status}: {said}", "2108")
        return response


def _pause(response: httpx.Response, now: datetime) -> float:
    wanted = response.headers.get("retry-after", "")
    if wanted.isdigit():
        return max(float(wanted), _SHORTEST_PAUSE)
    try:
        return max((parsedate_to_datetime(wanted) - now).total_seconds(), _SHORTEST_PAUSE)
    except ValueError:
        return _DEFAULT_PAUSE


def _output(response: httpx.Response) -> Json:
    headers = {"ADFWebActivityResponseHeaders": {name.title(): value for name, value in response.headers.items()}}
    if not response.content:
        return headers
    try:
        content = response.json()
    except ValueError:
        return {"Response": response.text, **headers}
    if isinstance(content, dict):
        return content | headers
    return {"value": content, **headers} if isinstance(content, list) else {"Response": response.text, **headers}


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _place(url: str) -> str:
    """Return an address without its query, where secrets may stand."""
    return url.partition("?")[0]
