from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from devkit.data_folder import DataFolder

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
APPOINTMENTS = ROOT / "tests" / "datasets" / "appointments" / "data"
START_SECONDS = 60
STOP_SECONDS = 30


@dataclass
class Up:
    """'make up' on a data folder of its own, with stdin closed."""

    folder: DataFolder
    process: subprocess.Popen[str] = field(init=False)

    def start(self) -> None:
        self.process = subprocess.Popen(
            ["bash", "-c", 'exec "$@" <&-', "-", *command("up", self.folder)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        end = time.monotonic() + START_SECONDS
        while not self.folder.address_file.exists():
            assert self.process.poll() is None, self.process.communicate()[0]
            assert time.monotonic() < end, "not up in time"
            time.sleep(0.05)

    def wait(self) -> tuple[int, str]:
        """Wait for the end; returns the exit code and all that was printed."""
        printed, _ = self.process.communicate(timeout=STOP_SECONDS)
        return self.process.returncode, printed

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        address = self.folder.address
        assert address is not None
        headers = {"Authorization": f"Bearer {address['token']}"}
        return httpx.request(method, f"{address['baseUrl']}{path}", headers=headers, trust_env=False, **options)


def command(name: str, folder: DataFolder) -> list[str]:
    return [sys.executable, "-m", f"devkit.{name}", "--data", str(folder.path)]


def run(name: str, folder: DataFolder) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(name, folder), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def etl(step: str, folder: DataFolder, *files: str) -> subprocess.CompletedProcess[str]:
    arguments = [*command("etl", folder), step, *files]
    return subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)


def is_left_alone(folder: DataFolder) -> bool:
    """Whether every process has gone that the folder was opened by."""
    end = time.monotonic() + STOP_SECONDS
    while folder.is_used and time.monotonic() < end:
        time.sleep(0.1)
    return not folder.is_used


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    made = Up(DataFolder(tmp_path / "data"))
    made.start()
    yield made
    if made.process.poll() is None:
        made.process.terminate()
        made.wait()


def test_up_says_where_it_is_to_its_owner_alone_and_down_stops_it(up: Up) -> None:
    assert stat.S_IMODE(up.folder.address_file.stat().st_mode) == 0o600
    address = json.loads(up.folder.address_file.read_text(encoding="utf-8"))
    assert set(address) == {"baseUrl", "token", "pipelineKey", "storage"}
    assert up.call("GET", "/api/tables").json() == []
    assert httpx.get(f"{address['baseUrl']}/api/tables", trust_env=False).status_code == 401

    second = run("up", up.folder)
    assert second.returncode == 1
    assert f"Strata already runs at {address['baseUrl']} (process {up.process.pid})" in second.stderr

    down = run("down", up.folder)
    assert (down.returncode, down.stdout) == (0, "Stopped.\n")
    assert not up.folder.is_used
    assert not up.folder.address_file.exists()
    code, printed = up.wait()
    assert code == 0
    assert address["baseUrl"] in printed
    assert address["token"] in printed

    again = run("down", up.folder)
    assert (again.returncode, again.stdout) == (0, "Nothing is running.\n")


def test_up_finds_its_data_again_under_a_new_token(up: Up) -> None:
    answer = up.call("POST", "/api/jobs", params={"dataset": "ecommerce", "filename": "a.json"}, content=b"[{}]")
    job_id = answer.json()["jobId"]
    token = (up.folder.address or {})["token"]
    up.process.send_signal(signal.SIGINT)
    assert up.wait()[0] == 0

    up.start()
    assert up.call("GET", f"/api/jobs/{job_id}").json()["jobId"] == job_id
    assert (up.folder.address or {})["token"] != token
    up.process.terminate()
    assert up.wait()[0] == 0
    assert is_left_alone(up.folder)


def test_nothing_survives_the_death_of_up_and_the_next_one_starts(up: Up) -> None:
    up.process.kill()
    up.process.wait()
    assert is_left_alone(up.folder)
    up.folder.forget_address()

    up.start()
    assert up.call("GET", "/api/health").status_code == 200


def test_up_ends_with_the_reason_when_the_host_dies(up: Up) -> None:
    host = next(int(line) for line in children_of(up.process.pid) if b"devkit.host" in command_line(line))
    os.kill(host, signal.SIGKILL)
    code, printed = up.wait()
    assert code == 1
    assert "The host has ended unexpectedly" in printed
    assert not up.folder.is_used


def test_the_demo_ends_well_and_shows_what_became_of_each_file() -> None:
    demo = subprocess.run(
        [sys.executable, "-m", "devkit.demo", "--quick"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert demo.returncode == 0, demo.stdout + demo.stderr
    for heading in ("Jobs", "Milliseconds per stage", "Gold tables, rows", "First rejected rows of"):
        assert f"\n{heading}" in demo.stdout
    assert "more than a batch (11,000 records, 35.2 MB): waits for the large path" in demo.stdout
    assert "every row went where the samples' answer key says" in demo.stdout
    assert "'a report of claims' states" in demo.stdout
    assert "Which categories bring the most revenue?" in demo.stdout
    assert "Who are the best customers of each segment?" in demo.stdout
    assert "Which departments hired more than the mean" in demo.stdout


def test_run_starts_a_system_loads_workbooks_asks_the_questions_and_stops_it(tmp_path: Path) -> None:
    done = etl("run", DataFolder(tmp_path / "data"), *map(str, sorted(APPOINTMENTS.glob("*.xlsx"))))
    assert done.returncode == 0, done.stdout + done.stderr
    for shown in ("1,025 │    848 │", "99.7073", "82.9268", "Dr. Pérez", "165", "81.2268", "78.0645"):
        assert shown in done.stdout
    assert is_left_alone(DataFolder(tmp_path / "data"))


def test_etl_and_queries_use_the_system_that_runs(up: Up) -> None:
    nothing = etl("queries", up.folder)
    assert nothing.returncode == 1
    assert "Nothing has been loaded" in nothing.stderr
    loaded = etl("etl", up.folder)
    assert loaded.returncode == 0, loaded.stdout + loaded.stderr
    asked = etl("queries", up.folder)
    assert asked.returncode == 0, asked.stdout + asked.stderr
    assert "Which doctor has the most confirmed appointments?" in asked.stdout
    assert up.process.poll() is None, "what was not started here is not stopped"


def test_help_lists_every_command() -> None:
    shown = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    needed = {
        "help",
        "install",
        "demo",
        "up",
        "down",
        "etl",
        "queries",
        "run",
        "unit",
        "test",
        "parity",
        "chaos",
        "bench",
        "lint",
        "lock",
        "clean",
    }
    assert needed <= set(re.findall(r"^  make ([a-z]+) +[A-Z]", shown, re.MULTILINE))


def children_of(process: int) -> list[str]:
    return Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()


def command_line(process: str) -> bytes:
    return Path(f"/proc/{process}/cmdline").read_bytes()
