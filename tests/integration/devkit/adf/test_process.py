"""The local data factory as a process: its start, its stop, and its sudden end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import httpx
import psutil
import pytest

from devkit.processes import free_ports, listens
from devkit.system import ROOT
from tests.integration.devkit.adf.helpers import notebook_processes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KEY = {"x-functions-key": "pipelines"}
# Nothing answers there, so what is started keeps trying.
NOWHERE = {"baseUrl": "http://127.0.0.1:9", "token": "t", "pipelineKey": "pipelines"}
STORAGE = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:9/a"


class Process:
    """The process, and how to ask it."""

    def __init__(self, data: Path, **environ: str) -> None:
        (self.port,) = free_ports(1)
        said = json.dumps({**NOWHERE, "storage": STORAGE})
        self.process = subprocess.Popen(
            [sys.executable, "-m", "devkit.adf", "--port", str(self.port), "--data", str(data)],
            cwd=ROOT,
            env={**os.environ, "STRATA_LOCAL_SYSTEM": said, **environ},
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_until_it_listens(self) -> None:
        end = time.monotonic() + 60
        while not listens(self.port):
            assert self.process.poll() is None, self.process.communicate()[1]
            assert time.monotonic() < end, "not up in time"
            time.sleep(0.05)

    def ask(self, method: str, path: str, **content: object) -> httpx.Response:
        url = f"http://127.0.0.1:{self.port}{path}"
        return httpx.request(method, url, headers=KEY, trust_env=False, timeout=30, **content)  # type: ignore[arg-type]


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    made: list[Process] = []

    def start(**environ: str) -> Process:
        made.append(Process(tmp_path, **environ))
        return made[-1]

    yield start
    for each in made:
        if each.process.poll() is None:
            each.process.kill()
        each.process.communicate()


def test_it_starts_what_it_is_asked_for_and_ends_in_order(started: Callable[..., Process]) -> None:
    factory = started()
    factory.wait_until_it_listens()

    run = factory.ask("POST", "/runs", json={"pipeline": "SmallBatchCleaningPipeline"}).json()["runId"]
    time.sleep(0.5)
    shown = factory.ask("GET", f"/runs/{run}").json()
    assert (shown["status"], shown["activities"][0]["name"]) == ("InProgress", "Sweep")

    factory.process.send_signal(signal.SIGTERM)
    _, logged = factory.process.communicate(timeout=15)
    assert factory.process.returncode == 0
    assert f"pipeline SmallBatchCleaningPipeline, run {run}: Cancelled" in logged


def test_its_triggers_fire_as_often_as_the_setting_says(started: Callable[..., Process]) -> None:
    factory = started(STRATA_TRIGGER_SECONDS="EveryTenMinutes=1")
    factory.wait_until_it_listens()
    time.sleep(1.5)

    factory.process.send_signal(signal.SIGTERM)
    _, logged = factory.process.communicate(timeout=15)
    assert "trigger EveryTenMinutes started SmallBatchCleaningPipeline" in logged


def test_it_says_why_it_cannot_start(started: Callable[..., Process]) -> None:
    for environ, reason in (
        ({"STRATA_TRIGGER_SECONDS": "often"}, "STRATA_TRIGGER_SECONDS is written as"),
        ({"STRATA_LOCAL_SYSTEM": "{}"}, "The local system does not say its baseUrl, token, storage"),
    ):
        factory = started(**environ)
        _, said = factory.process.communicate(timeout=60)
        assert factory.process.returncode == 2
        assert f"The data factory cannot start. {reason}" in said


NOTEBOOK = "import time\ntime.sleep(600)\n"
RUN_IT = """
import asyncio, sys
from pathlib import Path
from devkit.adf.local.notebooks import Notebooks
from devkit.adf.local.place import Place
folder = Path(sys.argv[1])
place = Place("http://127.0.0.1:9", "", "", "", folder, folder)
asyncio.run(Notebooks(place, None).run("sleep", {}, "run"))
"""


def test_a_notebook_does_not_outlive_the_runner(tmp_path: Path) -> None:
    (tmp_path / "sleep.py").write_text(NOTEBOOK, "utf-8")
    runner = psutil.Popen([sys.executable, "-c", RUN_IT, str(tmp_path)], cwd=ROOT)
    end = time.monotonic() + 60
    while not (family := notebook_processes(runner)):
        assert time.monotonic() < end, "no notebook in time"
        time.sleep(0.05)

    runner.kill()
    runner.wait()

    _, alive = psutil.wait_procs(family, timeout=20)
    assert alive == []
