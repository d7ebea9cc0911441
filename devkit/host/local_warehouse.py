"""What the local Data Factory copies into the warehouse and runs on it: only this process can open the file.

Locally one warehouse stands for Synapse and for the operational database alike; which is meant, the schema says.
"""

from __future__ import annotations

import re
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

import anyio
import msgspec
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

    from devkit.host.workbench import Workbench

_DUCKDB = "duckdb:///"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
#: The app's own schemas: its tables are filled by it alone.
_OF_THE_APP = frozenset({"main", "strata"})


class LocalWarehouse:
    """Answers ``POST /admin/warehouse/copy`` and ``POST /admin/warehouse/script``."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._url = environ.get("STRATA_WAREHOUSE_URL", "")
        self._bench: Workbench | None = None

    @property
    def routes(self) -> list[Route]:
        """The routes."""
        return [
            Route("/admin/warehouse/copy", self.copy, methods=["POST"]),
            Route("/admin/warehouse/script", self.script, methods=["POST"]),
        ]

    async def copy(self, request: Request) -> Response:
        """Bring the Parquet of the body into ``table`` (``schema.table``), and answer how many rows that were.

        With ``create=true`` the table is made where it is missing, with ``keys`` rows of equal key are replaced.
        """
        schema, _, table = request.query_params.get("table", "").partition(".")
        keys = tuple(filter(None, request.query_params.get("keys", "").split(",")))
        if not all(map(_NAME.fullmatch, (schema, table, *keys))) or schema in _OF_THE_APP:
            return PlainTextResponse("'table' is schema.table, none of the app's own; 'keys' are names", 400)
        create = request.query_params.get("create", "").lower() == "true"
        with TemporaryFile() as body:
            async for part in request.stream():
                body.write(part)
            body.seek(0)
            return await self._answer(lambda bench: bench.copy(schema, table, body, keys, create=create))

    async def script(self, request: Request) -> Response:
        """Run the body's ``text``, where names without a schema are those of ``schema``, and answer what it gave."""
        try:
            content = await request.json()
            text, schema = str(content["text"]), str(content.get("schema") or "synapse")
        except (ValueError, KeyError, AttributeError, TypeError):
            return PlainTextResponse('the body is {"text": …, "schema": …}', 400)
        if not _NAME.fullmatch(schema):
            return PlainTextResponse("'schema' is a name", 400)
        return await self._answer(lambda bench: bench.run(schema, text))

    async def _answer(self, work: Callable[[Workbench], dict[str, Any]]) -> Response:
        if not self._url.startswith(_DUCKDB):
            return PlainTextResponse("the warehouse of this system is no local file", 409)
        # With it come the database and the frame library, which the host itself does not need.
        from devkit.host.workbench import Workbench, WorkbenchError  # noqa: PLC0415

        self._bench = self._bench or Workbench(self._url.removeprefix(_DUCKDB))
        try:
            answer = await anyio.to_thread.run_sync(work, self._bench)
        except WorkbenchError as error:
            return PlainTextResponse(str(error), 422)
        return Response(msgspec.json.encode(answer, enc_hook=str), media_type="application/json")
