"""The warehouse through the host's own routes: one process alone can have a DuckDB file open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from devkit.adf.errors import ActivityError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devkit.adf.factory import Json

_TIMEOUT = httpx.Timeout(60, read=600, write=600)
_SHOWN_CHARACTERS = 500


class LocalWarehouse:
    """Loads rows into tables of the local warehouse, and runs scripts there."""

    def __init__(self, http: httpx.AsyncClient, base_url: str, key: str) -> None:
        self._http = http
        self._base_url = base_url
        self._headers = {"x-functions-key": key}

    async def copy(self, table: str, parquet: bytes, *, create: bool, keys: Sequence[str] = ()) -> int:
        """Insert the rows of a Parquet file into ``schema.table``, or upsert them by ``keys``; returns their number.

        ``create`` makes the table when it does not exist.
        """
        wanted: Json = {"table": table, "create": str(create).lower()}
        if keys:
            wanted["keys"] = ",".join(keys)
        answer = await self._post("copy", params=wanted, content=parquet)
        return answer["rowsCopied"]

    async def script(self, text: str, schema: str) -> Json:
        """Run SQL, where names without a schema are those of ``schema``.

        Returns ``resultSets`` (each with its ``rows``) and ``recordsAffected``.
        """
        return await self._post("script", json={"text": text, "schema": schema})

    async def _post(self, name: str, **content: Any) -> Json:
        url = f"{self._base_url}/admin/warehouse/{name}"
        try:
            response = await self._http.post(url, headers=self._headers, timeout=_TIMEOUT, **content)
        except httpx.TransportError as error:
            raise ActivityError(f"The local warehouse does not answer ({type(error).__name__}).") from None
        if response.is_error:
            said = " ".join(response.text.split())[:_SHOWN_CHARACTERS]
            raise ActivityError(f"The local warehouse answered {response.status_code}: {said}", "SqlFailed")
        return response.json()
