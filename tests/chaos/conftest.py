"""A host that can be killed at a chosen point, over storage and a warehouse that outlive it."""

from __future__ import annotations

import os
import sys
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest

from devkit.processes import ChildProcess, free_ports
from devkit.samples.ecommerce import generate
from shared.adapters.azure.account import StorageAccount
from shared.adapters.azure.blobs import AzureBlobStore
from shared.domain.manifest import Manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from devkit.azurite.server import Azurite

ROOT = Path(__file__).parents[2]
TOKEN = "the-token-of-chaos"
AS_OF = "2026-01-15T12:00:00Z"
FINAL = {"succeeded", "succeeded_with_rejects", "failed"}


class ChaosSystem:
    """Storage, warehouse and settings of one round; hosts come and go."""

    def __init__(self, azurite: Azurite, folder: Path) -> None:
        name = f"c{uuid.uuid4().hex[:16]}"
        containers = {
            kind: f"{name}-{kind}" for kind in ("landing", "bronze", "silver", "gold", "exports", "manifests")
        }
        self._containers = containers
        self._folder = folder
        self._blobs = AzureBlobStore(StorageAccount(azurite.connection_string))
        self._settings = {
            "AzureWebJobsStorage": azurite.connection_string,
            "AzureFunctionsWebHost__hostid": name,
            "STRATA_API_TOKEN": TOKEN,
            "STRATA_TOKEN_KEY": "the-key-of-chaos",
            "STRATA_WAREHOUSE_URL": f"duckdb:///{folder / 'warehouse.duckdb'}",
            "STRATA_QUEUE_LEASE_SECONDS": "2",
            "STRATA_JOBS_TABLE": f"{name}jobs",
            "STRATA_CONTENT_KEYS_TABLE": f"{name}keys",
            **{f"STRATA_{kind.upper()}_CONTAINER": container for kind, container in containers.items()},
        }
        self._host: ChildProcess | None = None
        self.http = httpx.Client(headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30, trust_env=False)

    def start(self, kill_at: int | None = None, kill_on: str = "", fail_at: str = "") -> None:
        """Start a host that notes its points, and dies at one or fails at some of them if asked to."""
        (port,) = free_ports(1)
        self.http.base_url = httpx.URL(f"http://127.0.0.1:{port}")
        self._host = ChildProcess(
            "The host",
            [sys.executable, "-m", "tests.chaos.killing_host", "--port", str(port)],
            environ={
                **os.environ,
                **self._settings,
                "CHAOS_KILL_AT": "" if kill_at is None else str(kill_at),
                "CHAOS_KILL_ON": kill_on,
                "CHAOS_FAIL_AT": fail_at,
                "CHAOS_POINTS": str(self._folder / "points"),
            },
            directory=ROOT,
            log=self._folder / "host.log",
        )
        self._host.wait_until(self._answers, 60)

    def stop(self) -> None:
        if self._host is not None:
            self._host.stop(10)

    def wait_for_death(self) -> None:
        assert self._host is not None
        host = self._host
        wait_for(lambda: not host.is_running, "the host to die")

    @property
    def points(self) -> list[str]:
        """All points passed so far, by all hosts of this round."""
        return (self._folder / "points").read_text().splitlines()

    def post(self, records: bytes) -> str | None:
        """Send a file; returns the job's id, or None when the host died before it answered."""
        query = {"dataset": "ecommerce", "filename": "records.json", "asOf": AS_OF}
        headers = {"Content-Type": "application/json"}
        with suppress(httpx.TransportError):
            answer = self.http.post("/api/jobs", params=query, content=records, headers=headers)
            assert answer.status_code in {200, 202}, answer.text
            return answer.json()["jobId"]
        return None

    def tell(self, address: str) -> None:
        """Post to an address without a body; the host may die before it answers."""
        with suppress(httpx.TransportError):
            self.http.post(address).raise_for_status()

    def job(self, job_id: str) -> dict[str, Any]:
        return self.http.get(f"/api/jobs/{job_id}").raise_for_status().json()

    def finished(self, job_id: str) -> dict[str, Any]:
        """Wait until a job has ended, and return it."""
        return wait_for(lambda: (job := self.job(job_id))["state"] in FINAL and job, f"job {job_id} to end")

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """All rows of all tables and views, without the lineage that differs from run to run."""
        tables = self.http.get("/api/tables").raise_for_status().json()
        return {table["name"]: self._rows(table["name"]) for table in tables}

    def _rows(self, table: str) -> list[dict[str, Any]]:
        rows = self.http.get(f"/api/tables/{table}", params={"limit": 100_000}).raise_for_status().json()
        kept = ({name: value for name, value in row.items() if not name.startswith("_")} for row in rows)
        return sorted(kept, key=repr)

    def assert_one_set_of_outputs(self, job_id: str) -> None:
        """What lies in silver and gold is exactly what the manifest names."""
        raw = self._blobs.get(self._containers["manifests"], f"{job_id}.json")
        manifest = msgspec.json.decode(raw, type=Manifest)
        named = {(file.container, file.path) for file in (*manifest.silver, *manifest.quarantine, *manifest.gold)}
        containers = (self._containers["silver"], self._containers["gold"])
        assert {(name, path) for name in containers for path in self._blobs.list(name, "")} == named

    def _answers(self) -> bool:
        with suppress(httpx.TransportError):
            return bool(self.http.get("/api/health").status_code)
        return False


def wait_for(condition: Callable[[], Any], what: str, seconds: float = 90) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s for {what}")


@pytest.fixture
def make_system(azurite: Azurite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], ChaosSystem]]:
    made: list[ChaosSystem] = []

    def make() -> ChaosSystem:
        made.append(ChaosSystem(azurite, tmp_path_factory.mktemp("round")))
        return made[-1]

    yield make
    for system in made:
        system.stop()


@pytest.fixture(scope="session")
def records() -> bytes:
    return msgspec.json.encode(generate(30, seed=11, fault_rate=0.1, without=("not_an_object", "not_a_record")).records)


class Undisturbed:
    """What a round without a death passes and leaves."""

    def __init__(self, system: ChaosSystem, records: bytes) -> None:
        system.start()
        job_id = system.post(records)
        assert job_id is not None
        self.job = system.finished(job_id)
        self.tables = system.tables()
        self.points = system.points
        system.stop()


@pytest.fixture(scope="session")
def undisturbed(azurite: Azurite, tmp_path_factory: pytest.TempPathFactory, records: bytes) -> Undisturbed:
    return Undisturbed(ChaosSystem(azurite, tmp_path_factory.mktemp("undisturbed")), records)
