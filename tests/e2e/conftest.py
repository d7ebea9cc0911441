"""How tests of the whole system send a job and follow it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from azure.storage.blob import BlobServiceClient

from devkit.samples.ecommerce import generate
from devkit.samples.ecommerce.generate import AS_OF

if TYPE_CHECKING:
    import httpx

    from devkit.samples.ecommerce import Sample
    from devkit.system import LocalSystem

_FINAL = {"succeeded", "succeeded_with_rejects", "failed", "superseded", "stopped"}
_SECONDS = 60


@dataclass(frozen=True)
class Api:
    """The API of the running system, in the words of these tests."""

    http: httpx.Client

    def get(self, path: str, /, **parameters: Any) -> Any:
        """Return the JSON of an answer that must be 200."""
        answer = self.http.get(path, params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, content: bytes, **parameters: Any) -> httpx.Response:
        """Post a file as the body itself."""
        return self.http.post(
            "/api/jobs", params={"dataset": "ecommerce", "filename": "orders.json", **parameters}, content=content
        )

    def follow(self, job_id: str) -> dict[str, Any]:
        """Return a job once nothing more happens to it."""
        deadline = time.monotonic() + _SECONDS
        while (job := self.get(f"/api/jobs/{job_id}"))["state"] not in _FINAL:
            assert time.monotonic() < deadline, f"still {job['state']}: {job['timeline']}"
            time.sleep(0.05)
        return job

    def run(self, content: bytes, **parameters: Any) -> dict[str, Any]:
        """Post a file and return its job at the end."""
        answer = self.send(content, **parameters)
        assert answer.status_code in {200, 202}, answer.text
        return self.follow(answer.json()["jobId"])


@dataclass(frozen=True)
class SentSample:
    """A sample with the content that was sent, the receipt and the finished job."""

    sample: Sample
    content: bytes
    receipt: dict[str, Any]
    job: dict[str, Any]


@pytest.fixture(scope="session")
def api(client: httpx.Client) -> Api:
    return Api(client)


@pytest.fixture(scope="session")
def sent(api: Api) -> SentSample:
    """A job of 400 records with faults of every kind, processed."""
    sample = generate(400, seed=31)
    content = msgspec.json.encode(sample.records)
    receipt = api.send(content, asOf=AS_OF.isoformat(), jobName="January orders", filename="january.json").json()
    return SentSample(sample, content, receipt, api.follow(receipt["jobId"]))


@pytest.fixture(scope="session")
def bronze(system: LocalSystem) -> Any:
    """The container that keeps the bytes as they were sent."""
    with BlobServiceClient.from_connection_string(system.connection_string) as service:
        yield service.get_container_client("bronze")
