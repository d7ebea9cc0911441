"""A whole local system with its data factory, and all that a job on either path leaves in it."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psutil

from shared.bootstrap import App
from shared.domain.job import FINAL_STATES
from shared.settings import Settings
from tests.stored import KINDS, assert_same_stored, stored

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from devkit.system import LocalSystem
    from shared.domain.manifest import Manifest
    from tests.proofs import Equal
    from tests.stored import Stored

AS_OF = "2026-01-15T12:00:00Z"
#: No pipeline starts by itself.
QUIET = {"STRATA_TRIGGER_SECONDS": "EveryTenMinutes=86400,EveryTenHours=86400"}
#: Spark alone takes a while to start, and much longer on a busy machine.
PATIENCE_SECONDS = 600
#: Little data is judged sooner by a Spark that does not optimise itself for much.
SPARK = {"STRATA_SPARK_MEMORY": "1g", "JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}
_MOST_ROWS = 100_000


@dataclass(frozen=True)
class Left:
    """What a job has left: what the API says of it, its stored outputs, and the rows of the whole warehouse."""

    told: dict[str, Any]
    quality: dict[str, Any]
    stored: Stored
    warehouse: dict[str, list[dict[str, Any]]]


def assert_same_left(left: Left, right: Left) -> Equal:
    """Demand that two jobs have come to the same, each in its system or one after the other."""
    assert left.told == right.told
    assert left.quality == right.quality
    equal = assert_same_stored(left.stored, right.stored)
    assert left.warehouse == right.warehouse
    return equal


class LargeSystem:
    """A running local system, in the words of tests of its large path."""

    def __init__(self, system: LocalSystem) -> None:
        self.system = system
        headers = {"Authorization": f"Bearer {system.token}"}
        self._http = httpx.Client(base_url=system.base_url, headers=headers, timeout=120, trust_env=False)

    def __enter__(self) -> LargeSystem:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._http.close()

    def send(self, dataset: str, files: Mapping[str, bytes], **options: str) -> str:
        """Send files; returns the id of their job."""
        parts = [("file", item) for item in files.items()]
        query = {"dataset": dataset, "asOf": AS_OF, **options}
        answer = self._http.post("/api/jobs", params=query, files=parts)
        assert answer.status_code in {200, 202}, answer.text
        return answer.json()["jobId"]

    def run_now(self, job_id: str) -> str:
        """Have the large pipeline started for a job; returns the id of its run."""
        answer = self._http.post(f"/api/jobs/{job_id}/run-now")
        assert answer.status_code == 202, answer.text
        return answer.json()["pipelineRunId"]

    def start_pipeline(self, url: str | None = None, **parameters: Any) -> str:
        """Have a runner start the large pipeline, whatever waits; returns the address of its run."""
        runs, key = url or self.system.pipelines_url, self.system.pipeline_key
        body = {"pipeline": "LargeBatchCleaningPipeline", "parameters": parameters}
        answer = httpx.post(runs, json=body, headers={"x-functions-key": key}, trust_env=False).raise_for_status()
        return f"{runs}/{answer.json()['runId']}"

    def ended(self, run: str, seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
        """Wait until a run of a pipeline is over, and return what its runner shows of it."""

        def over() -> dict[str, Any] | None:
            shown = httpx.get(run, headers={"x-functions-key": self.system.pipeline_key}, trust_env=False).json()
            return shown if shown["status"] not in {"Queued", "InProgress"} else None

        return until(over, f"run {run} to end", seconds)

    def get(self, path: str, **query: Any) -> Any:
        """Return the JSON of an answer that must be 200."""
        return self._http.get(path, params=query).raise_for_status().json()

    def job(self, job_id: str) -> dict[str, Any]:
        """Return what the API says of a job."""
        return self.get(f"/api/jobs/{job_id}")

    def timeline(self, job_id: str) -> list[str]:
        """Return the remarks of a job's timeline."""
        return [event["note"] or "" for event in self.job(job_id)["timeline"]]

    def finished(self, job_id: str, seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
        """Wait until a job has ended, and return it."""

        def ended() -> dict[str, Any] | None:
            return job if (job := self.job(job_id))["state"] in FINAL_STATES else None

        return until(ended, f"job {job_id} to end", seconds)

    def left_by(self, job_id: str) -> Left:
        """Return all that a job has left."""
        job = self.finished(job_id)
        told = {name: job[name] for name in ("state", "recordCount", "ledger", "goldTables", "error")}
        quality = {name: value for name, value in self.get(f"/api/jobs/{job_id}/quality").items() if name != "jobId"}
        return Left(told, quality, stored(self._app, self.manifest(job_id)), self.warehouse())

    def manifest(self, job_id: str) -> Manifest:
        """Return the manifest of a job that has succeeded."""
        found = self._app.process.records.manifest(job_id)
        assert found is not None
        return found

    def warehouse(self) -> dict[str, list[dict[str, Any]]]:
        """Return all rows of all tables and views, without the lineage that differs from job to job."""
        return {name: self._rows(name) for name in self.tables()}

    def tables(self) -> dict[str, str]:
        """Return the kinds of all tables and views by their names."""
        return {table["name"]: table["kind"] for table in self.get("/api/tables")}

    def _rows(self, table: str) -> list[dict[str, Any]]:
        rows = self.get(f"/api/tables/{table}", limit=_MOST_ROWS)
        assert len(rows) < _MOST_ROWS
        kept = ({name: value for name, value in row.items() if not name.startswith("_")} for row in rows)
        return sorted(kept, key=repr)

    def assert_one_set_of_outputs(self, job_id: str) -> None:
        """Demand that what lies in silver and gold for a job is exactly what its manifest names."""
        manifest, blobs = self.manifest(job_id), self._app.blobs
        named = {(file.container, file.path) for kind in KINDS for file in getattr(manifest, kind)}
        rows = {
            (name, path) for name in ("silver", "gold") for path in blobs.list(name, "") if path.endswith(".parquet")
        }
        assert {(name, path) for name, path in rows if f"/{job_id}/" in path} == named

    def loaded_by(self) -> set[str]:
        """Return the jobs whose rows the tables of the warehouse hold."""
        names = [name for name, kind in self.tables().items() if kind == "table"]
        rows = [self.get(f"/api/tables/{name}", columns="_job_id", limit=_MOST_ROWS) for name in names]
        return {row["_job_id"] for found in rows for row in found}

    @cached_property
    def _app(self) -> App:
        """The application over the same storage; nothing of it that would need the warehouse is used."""
        needless = {"api_token": "-", "token_key": "-", "warehouse_url": "duckdb:///nowhere.duckdb"}
        return App(Settings(storage=self.system.connection_string, **needless))  # type: ignore[arg-type]


def until(found: Callable[[], Any], what: str, seconds: float = PATIENCE_SECONDS) -> Any:
    """Wait for something, and return it."""
    end = time.monotonic() + seconds
    while not (result := found()):
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.1)
    return result


def notebook_at_work(runner: int, notebook: str, *, computing: bool) -> list[psutil.Process] | None:
    """Return the process of a notebook below a runner and all that it has started, once Java is among it.

    ``computing`` waits for Spark's own Python processes as well, which are there while rows are worked on.
    """
    with suppress(psutil.NoSuchProcess):
        for process in psutil.Process(runner).children():
            if notebook in " ".join(process.cmdline()):
                below = process.children(recursive=True)
                names = [each.name() for each in below]
                if "java" in names and (not computing or "python" in names):
                    return [process, *below]
    return None


def assert_gone(processes: list[psutil.Process], seconds: float = 30) -> None:
    """Demand that processes end by themselves."""
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    assert [each.pid for each in alive] == []


def processes_in(folder: Path) -> list[psutil.Process]:
    """Return the processes that have been started in a folder or below it."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if Path(process.cwd()).is_relative_to(folder):
                found.append(process)
    return found
