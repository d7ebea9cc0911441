"""``strata spark-submit`` with a real system: on a cluster of Spark, interrupted, and where there is nothing to run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from devkit.adf.local.spark_submit import find_spark
from devkit.java import suitable_java
from devkit.processes import ChildProcess, free_ports, listens
from devkit.samples import hiring
from devkit.system import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from devkit.samples.hiring.sample import HiringSample
    from devkit.system import LocalSystem
    from tests.e2e.conftest import Api, SentSample

    Strata = Callable[..., subprocess.Popen[str]]

PATIENCE_SECONDS = 180
WHOLE_RUN_SECONDS = 900
HIRES = 10_500

pytestmark = pytest.mark.skipif(not suitable_java(), reason="Spark needs Java 17 or newer")


@pytest.fixture
def strata(system: LocalSystem, tmp_path: Path) -> Iterator[Strata]:
    """Start the command where the system is found by itself."""
    (tmp_path / ".strata").symlink_to(system.folder.path)
    system.folder.announce_address(system.address)

    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "devkit.cli", "spark-submit", *arguments]
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, cwd=tmp_path, env=environ, stdout=pipe, stderr=pipe, text=True))
        return started[-1]

    yield start
    for each in started:
        if each.poll() is None:
            each.terminate()
        each.communicate()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[str]:
    """A master and a worker, each a process of its own, which know nothing of this project."""
    home = find_spark({})
    (port,) = free_ports(1)
    master = f"spark://127.0.0.1:{port}"
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environ |= {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"}
    parts = {
        "Master": ["--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"],
        "Worker": ["--cores", "2", "--memory", "1g", "--work-dir", str(tmp_path / "work"), "--webui-port", "0", master],
    }
    started: list[ChildProcess] = []
    try:
        for name, arguments in parts.items():
            command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{name.lower()}.{name}", *arguments]
            log = tmp_path / f"{name}.log"
            process = ChildProcess(name, command, environ=environ, directory=tmp_path, log=log)
            started.append(process)
            process.wait_until(lambda: listens(port), PATIENCE_SECONDS)
        yield master
    finally:
        for process in started:
            process.stop(10)


def waiting_job(api: Api, seed: int) -> tuple[str, HiringSample]:
    """Send more hires than the small path takes."""
    sample = hiring.generate(HIRES, seed=seed)
    files = [("file", (f"{name}.csv", content)) for name, content in sample.files().items()]
    answer = api.http.post("/api/jobs", params={"dataset": "hiring", "force": True}, files=files)
    return answer.json()["jobId"], sample


def test_a_small_job_and_one_that_does_not_exist_are_refused(api: Api, strata: Strata, sent: SentSample) -> None:
    small = sent.job["jobId"]
    for job_id, sentence in (
        (small, f"Job {small} does not take the large path."),
        ("none", "There is no job 'none'."),
    ):
        command = strata(job_id)
        _, said = command.communicate(timeout=PATIENCE_SECONDS)
        assert (command.returncode, said.splitlines()[0]) == (1, f"Error: {sentence}")


@pytest.mark.complete
@pytest.mark.timeout(2 * WHOLE_RUN_SECONDS)
def test_a_job_runs_on_a_cluster(api: Api, strata: Strata, cluster: str, tmp_path: Path) -> None:
    job_id, sample = waiting_job(api, 41)
    shared = tmp_path / "shared"
    shared.mkdir()
    settings = [
        f"spark.pyspark.python={sys.executable}",
        "spark.driver.host=127.0.0.1",
        "spark.sql.shuffle.partitions=2",
    ]

    conf = [word for setting in settings for word in ("--conf", setting)]
    command = strata(job_id, "--master", cluster, "--work-dir", str(shared), *conf)
    shown, said = command.communicate(timeout=WHOLE_RUN_SECONDS)

    assert command.returncode == 0, said
    assert f"Job {job_id}: succeeded with rejects" in shown
    assert api.get(f"/api/jobs/{job_id}")["ledger"] == sample.ledger
    assert list(shared.iterdir()) == []


@pytest.mark.complete
def test_who_ends_the_command_gives_the_job_back(api: Api, strata: Strata) -> None:
    job_id, _ = waiting_job(api, 42)
    command = strata(job_id)
    end = time.monotonic() + PATIENCE_SECONDS
    while not any("notebook starts" in (each["note"] or "") for each in api.get(f"/api/jobs/{job_id}")["timeline"]):
        assert time.monotonic() < end, "not in time"
        time.sleep(0.2)

    second = strata(job_id)
    assert "is being worked on" in second.communicate(timeout=PATIENCE_SECONDS)[1]
    command.send_signal(signal.SIGTERM)
    _, said = command.communicate(timeout=PATIENCE_SECONDS)

    assert command.returncode != 0
    assert "The job is given back" in said
    job = api.get(f"/api/jobs/{job_id}")
    assert (job["state"], job["error"]["code"]) == ("routed", "large_path_cancelled")
    api.http.post(f"/api/jobs/{job_id}/stop").raise_for_status()
