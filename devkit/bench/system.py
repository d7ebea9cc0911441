"""Measures the local system: whole jobs from the POST until they have succeeded, and the answers to POSTs alone."""

from __future__ import annotations

import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any, Self

import httpx
import psutil
from rich.table import Table

from devkit.bench.sample_files import write_sample
from devkit.samples.ecommerce.generate import AS_OF
from devkit.system import LocalSystem
from shared.domain.job import FINAL_STATES, JobState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

#: The bars, for a job of 10,000 records on two idle cores.
MOST_SECONDS = 4.0
MOST_TIMES_THE_INPUT = 12.0
#: The bar for the answer to a POST of 1,000 records, for all but one in twenty.
MOST_POST_MILLISECONDS = 300

_POST_RECORDS = 1_000
_POSTS = 40

_WARM_UP_RECORDS = 300
_POLL_SECONDS = 0.02
_LONGEST_JOB_SECONDS = 600
_SUCCESS = (JobState.SUCCEEDED, JobState.SUCCEEDED_WITH_REJECTS)


@dataclass(frozen=True, slots=True)
class JobMeasurement:
    """One job: the bytes sent, seconds from the POST until it succeeded, and peak bytes of the host over its idle."""

    size: int
    seconds: float
    peak_bytes: int

    @property
    def times_the_input(self) -> float:
        """The peak as a multiple of the bytes sent."""
        return self.peak_bytes / self.size


class MemoryWatch:
    """Samples the resident memory of a process while it is entered, and keeps the peak."""

    def __init__(self, pid: int) -> None:
        self.peak = 0
        self._process = psutil.Process(pid)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopped.wait(_POLL_SECONDS):
            self.peak = max(self.peak, self._process.memory_info().rss)


def bench_system(console: Console, sizes: Sequence[int], rounds: int, seed: int) -> None:
    """Send ``rounds`` different files of each size to a new local system, one after the other, and print the figures.

    Smaller files follow, of which only the answer to the POST is timed; each job ends before the next file is sent.

    Raises :class:`~devkit.errors.LocalSystemError` when the system does not start, and ``RuntimeError`` when a job
    fails.
    """
    table = Table(title="Whole jobs in the local system: POST until succeeded")
    for column in ("records", "MB sent", "seconds", "peak MB over idle", "× the input"):
        table.add_column(column, justify="right", no_wrap=True)
    with tempfile.TemporaryDirectory() as scratch, console.status("Starting the local system …") as status:
        folder = Path(scratch)
        with LocalSystem(folder / "system") as system, _client(system) as client:
            idle = psutil.Process(_host(system)).memory_info().rss
            _run_job(client, write_sample(folder, _WARM_UP_RECORDS, seed))
            measured: dict[int, list[JobMeasurement]] = {}
            for size in sizes:
                for number in range(rounds):
                    status.update(f"{size:,} records, job {number + 1} of {rounds} …")
                    source = write_sample(folder, size, seed + number)
                    measured.setdefault(size, []).append(_measure(system, client, source, idle))
                    source.unlink()
            posts = []
            for number in range(_POSTS):
                status.update(f"{_POST_RECORDS:,} records, answer {number + 1} of {_POSTS} …")
                posts.append(_measure_post(client, write_sample(folder, _POST_RECORDS, seed + number)))
    for size, jobs in measured.items():
        for job in jobs:
            table.add_row(*_cells(f"{size:,}", job))
        table.add_section()
    console.print(table)
    for size, jobs in measured.items():
        _print_bars(console, size, jobs)
    _print_post_bar(console, posts)


def _cells(records: str, job: JobMeasurement) -> list[str]:
    peak = f"{job.peak_bytes / 1e6:,.0f}"
    return [records, f"{job.size / 1e6:.1f}", f"{job.seconds:.2f}", peak, f"{job.times_the_input:.1f}"]


def _print_bars(console: Console, size: int, jobs: Sequence[JobMeasurement]) -> None:
    seconds = median(job.seconds for job in jobs)
    times = max(job.times_the_input for job in jobs)
    for figure, bar in (
        (f"median of {len(jobs)}: {seconds:.2f} s, below {MOST_SECONDS:g} s", seconds < MOST_SECONDS),
        (f"memory: {times:.1f} × the input, at most {MOST_TIMES_THE_INPUT:g} ×", times <= MOST_TIMES_THE_INPUT),
    ):
        console.print(f"Bar, {size:,} records, {figure}: {_verdict(met=bar)}")


def _print_post_bar(console: Console, posts: Sequence[float]) -> None:
    milliseconds = [seconds * 1000 for seconds in posts]
    most = quantiles(milliseconds, n=20, method="inclusive")[-1]
    console.print(
        f"Bar, answer to a POST of {_POST_RECORDS:,} records, p50 {median(milliseconds):.0f} ms, p95 {most:.0f} ms, "
        f"below {MOST_POST_MILLISECONDS} ms: {_verdict(met=most < MOST_POST_MILLISECONDS)}"
    )


def _verdict(*, met: bool) -> str:
    return "[green]met[/]" if met else "[red]missed[/]"


def _measure(system: LocalSystem, client: httpx.Client, source: Path, idle: int) -> JobMeasurement:
    with MemoryWatch(_host(system)) as watch:
        seconds = _run_job(client, source)
    return JobMeasurement(source.stat().st_size, seconds, watch.peak - idle)


def _measure_post(client: httpx.Client, source: Path) -> float:
    """Send a file and wait for the end of its job; returns the seconds until the POST was answered."""
    start = time.perf_counter()
    job_id = _post(client, source)
    seconds = time.perf_counter() - start
    _await_success(client, job_id, start)
    source.unlink()
    return seconds


def _run_job(client: httpx.Client, source: Path) -> float:
    """Send a file and wait until its job has succeeded; returns the seconds that took."""
    start = time.perf_counter()
    return _await_success(client, _post(client, source), start)


def _post(client: httpx.Client, source: Path) -> str:
    with source.open("rb") as file:
        parameters = {"dataset": "ecommerce", "asOf": AS_OF.isoformat()}
        answer = _answer(client.post("/api/jobs", params=parameters, files={"file": (source.name, file)}))
    return str(answer["jobId"])


def _await_success(client: httpx.Client, job_id: str, start: float) -> float:
    """Return the seconds from ``start`` until a job has succeeded."""
    while True:
        state = _answer(client.get(f"/api/jobs/{job_id}"))["state"]
        seconds = time.perf_counter() - start
        if state in _SUCCESS:
            return seconds
        if state in FINAL_STATES or seconds > _LONGEST_JOB_SECONDS:
            raise RuntimeError(f"Job {job_id} is {state} after {seconds:.0f} s.")
        time.sleep(_POLL_SECONDS)


def _client(system: LocalSystem) -> httpx.Client:
    headers = {"Authorization": f"Bearer {system.token}"}
    return httpx.Client(base_url=system.base_url, headers=headers, timeout=_LONGEST_JOB_SECONDS, trust_env=False)


def _host(system: LocalSystem) -> int:
    pid = system.host_pid
    if pid is None:
        raise RuntimeError("The host of the local system does not run.")
    return pid


def _answer(response: httpx.Response) -> Any:
    response.raise_for_status()
    return response.json()
