"""The HTTP API as a client sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import httpx

if TYPE_CHECKING:
    from devkit.demo.uploads import Upload

_SECONDS = 60


class Client:
    """Calls the API with a token. An answer that is an error raises :class:`httpx.HTTPStatusError`."""

    def __init__(self, base_url: str, token: str) -> None:
        self._http = httpx.Client(
            base_url=base_url, headers={"Authorization": f"Bearer {token}"}, timeout=_SECONDS, trust_env=False
        )

    def __enter__(self) -> Self:
        """Open the connection."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self._http.close()

    def submit(self, upload: Upload) -> dict[str, Any]:
        """Send a file as a job; returns the receipt."""
        parameters = {"dataset": upload.dataset, "jobName": upload.name, "asOf": upload.as_of.isoformat()}
        files = {"file": (upload.filename, upload.content, "application/json")}
        return self._answer(self._http.post("/api/jobs", params=parameters, files=files))

    def job(self, job_id: str) -> dict[str, Any]:
        """Return all that is known of a job."""
        return self._get(f"/api/jobs/{job_id}")

    def rejects(self, job_id: str, limit: int) -> list[dict[str, Any]]:
        """Return the first rows that a job put into quarantine."""
        return self._get(f"/api/jobs/{job_id}/rejects", outcome="quarantined", limit=limit)

    def tables(self) -> list[dict[str, Any]]:
        """Return the tables and views of the warehouse."""
        return self._get("/api/tables")

    def queries(self) -> dict[str, str]:
        """Return the titles of the business queries by name."""
        return {query["name"]: query["title"] for query in self._get("/api/queries")}

    def query(self, name: str, limit: int) -> list[dict[str, Any]]:
        """Return the answer of a business query."""
        return self._get(f"/api/queries/{name}", limit=limit)

    def _get(self, path: str, **parameters: Any) -> Any:
        return self._answer(self._http.get(path, params=parameters))

    @staticmethod
    def _answer(response: httpx.Response) -> Any:
        response.raise_for_status()
        return response.json()
