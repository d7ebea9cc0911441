"""The HTTP API as a client sees it; what goes wrong is a :class:`~devkit.cli.errors.CliError`."""

from __future__ import annotations

import ipaddress
from typing import IO, TYPE_CHECKING, Any, Self
from urllib.parse import quote

import httpx

from devkit.cli.errors import ApiError, CliError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from devkit.cli.connection import Address
    from devkit.cli.files import Format

Job = dict[str, Any]
Rows = list[dict[str, Any]]

# A host may take nearly four minutes for an answer; nothing takes long to reach.
_TIMEOUT = httpx.Timeout(60, read=230)
_UNAUTHORIZED = "Check --token or STRATA_TOKEN; the local system has another token each time it is started."


def open_http(url: str, headers: Mapping[str, str] | None = None) -> httpx.Client:
    """Return a connection to ``url``, through the proxy that the environment names unless it is on this machine."""
    return httpx.Client(base_url=url, headers=headers, timeout=_TIMEOUT, trust_env=not _is_local(httpx.URL(url).host))


class Client:
    """Calls the API of one system."""

    def __init__(self, address: Address) -> None:
        self.url = address.url
        self._http = open_http(address.url, {"Authorization": f"Bearer {address.token}"})

    def __enter__(self) -> Self:
        """Open the connection."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self._http.close()

    def submit(self, files: Sequence[tuple[str, IO[bytes] | bytes]], options: Mapping[str, Any]) -> tuple[str, bool]:
        """Send files, by their names, as one job in one request.

        Returns the job's id, and whether it was made by this request: the same content is the same job.
        """
        forms = [("file", file) for file in files]
        response = self._send("POST", "/api/jobs", params=_given(options), files=forms)
        return _json(response)["jobId"], response.status_code == httpx.codes.ACCEPTED

    def expect(self, names: Sequence[str], options: Mapping[str, Any]) -> dict[str, Any]:
        """Ask for addresses to which files of these names may be uploaded; returns the job that waits for them."""
        files = [{"filename": name} for name in names]
        return _json(self._send("POST", "/api/uploads", json={**_given(options), "files": files}))

    def complete(self, job_id: str) -> None:
        """Say that the files of a job are uploaded."""
        self._send("POST", f"/api/uploads/{_segment(job_id)}/complete")

    def jobs(self, **wanted: Any) -> tuple[list[Job], bool]:
        """Return jobs, newest first, and whether there are more of them."""
        page = self._get("/api/jobs", wanted)
        return page["jobs"], page["next"] is not None

    def job(self, job_id: str) -> Job:
        """Return all that is known of a job."""
        return self._get(f"/api/jobs/{_segment(job_id)}")

    def run_now(self, job_id: str) -> None:
        """Have a job processed at once that waits for the large path."""
        self._send("POST", f"/api/jobs/{_segment(job_id)}/run-now")

    def claim(self, job_id: str, pipeline_run_id: str) -> str:
        """Have a job of the large path handed out to a run of a pipeline; returns the id of the job's own run."""
        wanted = {"pipelineRunId": pipeline_run_id, "jobId": job_id}
        (claimed,) = _json(self._send("POST", "/api/adf/claims", json=wanted))["claims"]
        return claimed["runId"]

    def give_back(self, job_id: str, run_id: str, pipeline_run_id: str) -> None:
        """Let go of a job that was handed out and is not worked on to its end; nothing happens where it is over."""
        told = {"runId": run_id, "pipelineRunId": pipeline_run_id, "cancelled": True}
        self._send("POST", f"/api/adf/jobs/{_segment(job_id)}/release", json=told)

    def quality(self, job_id: str) -> dict[str, Any]:
        """Return a job's scorecard."""
        return self._get(f"/api/jobs/{_segment(job_id)}/quality")

    def rejects(self, job_id: str, limit: int, **wanted: Any) -> Rows:
        """Return the first rows that a job rejected."""
        return self._get(_rejects(job_id), {**wanted, "limit": limit})

    def rejects_as(self, form: Format, job_id: str, limit: int, offset: int) -> str:
        """Return rows that a job rejected, as the text of a file."""
        wanted = {"format": form, "limit": limit, "offset": offset}
        return self._send("GET", _rejects(job_id), params=wanted).text

    def rejection_workbook(self, job_id: str) -> bytes:
        """Return the workbook in which the rows that a job rejected are corrected."""
        return self._send("GET", f"/api/jobs/{_segment(job_id)}/rejections.xlsx").content

    def correct(self, job_id: str, file: tuple[str, IO[bytes]]) -> dict[str, Any]:
        """Send a corrected workbook of a job's rejected rows; returns what became of it."""
        return _json(self._send("POST", f"/api/jobs/{_segment(job_id)}/corrections", files={"file": file}))

    def replay(self, job_id: str) -> tuple[Job, bool]:
        """Run the files of a job once more; returns the job that does so, and whether it was made by this request."""
        response = self._send("POST", _replay(job_id))
        return _json(response), response.status_code == httpx.codes.ACCEPTED

    def rehearse(self, job_id: str) -> dict[str, Any]:
        """Return what a replay of a job would change."""
        return _json(self._send("POST", _replay(job_id), params={"dry_run": True}))

    def tables(self) -> Rows:
        """Return the tables and views of the warehouse."""
        return self._get("/api/tables")

    def queries(self) -> Rows:
        """Return the business queries."""
        return self._get("/api/queries")

    def query(self, name: str, parameters: Mapping[str, Any]) -> Rows:
        """Return the answer of a business query."""
        return self._get(_query(name), {**parameters, "format": "json"})

    def query_as(self, form: Format, name: str, parameters: Mapping[str, Any]) -> str:
        """Return the answer of a business query, as the text of a file."""
        return self._send("GET", _query(name), params={**parameters, "format": form}).text

    def health(self) -> dict[str, Any]:
        """Return whether each part of the system answers."""
        response = self._call("GET", "/api/health")
        if response.status_code not in {httpx.codes.OK, httpx.codes.SERVICE_UNAVAILABLE}:
            raise _problem(response)
        return _json(response)

    def _get(self, path: str, wanted: Mapping[str, Any] | None = None) -> Any:
        return _json(self._send("GET", path, params=_given(wanted or {})))

    def _send(self, method: str, path: str, **content: Any) -> httpx.Response:
        response = self._call(method, path, **content)
        if not response.is_success:
            raise _problem(response)
        return response

    def _call(self, method: str, path: str, **content: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **content)
        except httpx.ConnectError as error:
            sentence = f"Nothing answers at {self.url} ({error})."
            raise CliError(sentence, "Check the address; 'make up' starts the local system.") from None
        except httpx.TimeoutException:
            raise CliError(f"{self.url} did not answer in time.", "Try again; 'strata doctor' says more.") from None
        except httpx.TransportError as error:
            sentence = f"The connection to {self.url} broke off ({str(error) or type(error).__name__})."
            raise CliError(sentence, "Try again; 'strata doctor' says more.") from None


def _rejects(job_id: str) -> str:
    return f"/api/jobs/{_segment(job_id)}/rejects"


def _replay(job_id: str) -> str:
    return f"/api/jobs/{_segment(job_id)}/replay"


def _query(name: str) -> str:
    return f"/api/queries/{_segment(name)}"


def _segment(text: str) -> str:
    return quote(text, safe="")


def _given(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        raise _stranger(response) from None


def _problem(response: httpx.Response) -> CliError:
    """Return the problem (RFC 9457) that an answer describes."""
    try:
        problem = response.json()
        is_token = response.status_code == httpx.codes.UNAUTHORIZED
        return ApiError(problem["detail"], _UNAUTHORIZED if is_token else problem["advice"], problem["code"])
    except (ValueError, KeyError, TypeError):
        return _stranger(response)


def _stranger(response: httpx.Response) -> CliError:
    place = response.url.copy_with(query=None)
    return CliError(
        f"{place} answered {response.status_code} {response.reason_phrase}, and not as Strata does.",
        "Check the address (--url, STRATA_URL), and what stands between here and there.",
    )


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
