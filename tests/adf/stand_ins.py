"""What the project's pipelines call, answering as a test wants: for failures that the real parts do not offer."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from devkit.adf.errors import ActivityError
from devkit.adf.local.notebooks import Returned
from devkit.adf.local.storage import StoredFile
from tests.factories import START, Json

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What the app answers, unless a test says otherwise.
_USUAL: dict[str, Any] = {
    "/api/adf/sweep": {"stalled": 0, "waiting": 0, "ready": []},
    "/api/adf/claims": {"count": 0, "claims": []},
    "/admin/warehouse/copy": {"rowsCopied": 2},
    "/admin/warehouse/script": {"resultSets": [], "recordsAffected": 1},
}
_TABLE = {
    "table": "fact",
    "container": "gold",
    "folder": "analytics/fact",
    "emptyContainer": "gold",
    "emptyFolder": "analytics/empty/fact",
    "stagingTable": "stg_fact",
    "columns": '"id"',
    "assignments": '"id" = s."id"',
    "match": '"synapse"."fact"."id" = s."id"',
    "isNewer": "1 = 1",
    "replaced": "1 = 0",
}


def claim(number: int) -> Json:
    """A job that is claimed."""
    place = f"abfss://gold@account.dfs.core.windows.net/j{number}/"
    uris = dict.fromkeys(("inputUri", "workUri", "silverUri", "quarantineUri", "goldUri", "manifestUri"), place)
    job = {"jobId": f"j{number}", "parentJobId": f"j{number}", "runId": f"run-{number}", "userId": "u"}
    return {**job, "dataset": "ecommerce", "contractVersion": 1, "asOf": "2026-01-01T00:00:00Z", **uris}


@dataclass
class App:
    """The app and the host's warehouse: notes what is asked, answers success but for what ``answers`` has."""

    answers: dict[str, list[httpx.Response]] = field(default_factory=lambda: defaultdict(list))
    asked: list[tuple[str, Any]] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        is_json = "json" in request.headers.get("content-type", "")
        step = json.loads(request.content) if is_json and request.content else dict(request.url.params)
        name = f"{path} {step['step']}" if path.endswith("/steps") else path
        self.asked.append((name, step))
        waiting = self.answers.get(name)
        if waiting:
            # The last answer stays.
            return waiting.pop(0) if len(waiting) > 1 else waiting[0]
        usual = {"tables": [_TABLE]} if path.endswith("/publication") else _USUAL.get(path, {})
        return httpx.Response(200, json=usual)

    def answer(self, name: str, *answers: tuple[int, Any], location: str | None = None) -> None:
        """Answer a path, or a path and a step, with statuses and bodies, the last one ever again.

        With ``location`` each says where to ask further.
        """
        headers = {"Location": location} if location else {}
        self.answers[name] = [httpx.Response(status, json=body, headers=headers) for status, body in answers]

    @property
    def names(self) -> list[str]:
        """What was asked, in order."""
        return [name for name, _ in self.asked]

    def counts(self) -> Counter[str]:
        """How often each was asked."""
        return Counter(self.names)

    def last(self, name: str) -> Any:
        """What it was last asked with."""
        return next(content for asked, content in reversed(self.asked) if asked == name)


@dataclass
class Notebooks:
    """Notebooks that take a minute each; ``failing`` are those that fail, so many times."""

    failing: dict[tuple[str, str], int] = field(default_factory=dict)
    runs: list[tuple[str, str]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    async def run(self, path: str, widgets: Mapping[str, str], _run_id: str) -> Returned:
        name = path.rpartition("/")[2].removesuffix("_pyspark")
        self.runs.append((name, widgets["jobId"]))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(60)
        self.at_once -= 1
        left = self.failing.get((name, widgets["jobId"]), 0)
        if left:
            self.failing[name, widgets["jobId"]] = left - 1
            raise ActivityError(f"{name} failed.", "NotebookFailed")
        return Returned('{"read": 3}', Path("/log"))


class Files:
    """A storage with one Parquet file in each folder that is asked for."""

    def __init__(self, *paths: str) -> None:
        self.paths = paths

    async def files(self, container: str, prefix: str) -> list[StoredFile]:
        paths = self.paths or (f"{prefix.rstrip('/')}/part.parquet",)
        return [StoredFile(container, path, 10, START, "1") for path in paths if path.startswith(prefix)]

    async def read(self, container: str, path: str) -> bytes:
        return b"id,name\n1,a\n"
