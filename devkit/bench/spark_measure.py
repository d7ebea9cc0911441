"""Measures one program on Spark once, in a process and a session of its own.

``python -m devkit.bench.spark_measure <name> <job> <warm-up job> <out>`` prints the seconds taken as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import psutil

from devkit.adf.local.notebook_process import start_spark
from devkit.bench.measure import Measurement, failure_of
from devkit.samples.ecommerce.generate import AS_OF
from shared.services.large.run import configure

#: The programs by name; each is a module with a function ``run`` of session, job folder, as-of time and output folder.
PROGRAMS = {"strata": "devkit.bench.spark_ours", "by-hand": "devkit.bench.spark_peer"}
_POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class SparkMeasurement(Measurement):
    """Also the peaks of the driver's Python, of Java, which is driver and executor in one here, and of all workers."""

    driver_bytes: int
    java_bytes: int
    worker_bytes: int


def measure_on_spark(name: str, job: Path, warm_up: Path, out: Path) -> SparkMeasurement:
    """Run a program once on the shards below ``job`` in a new process, and keep what it writes to ``out``.

    It first works through the small job ``warm_up``, so that imports and first calls are not counted. Raises
    :class:`~devkit.bench.measure.MeasurementError` when it does not finish.
    """
    command = [
        sys.executable,
        "-m",
        "devkit.bench.spark_measure",
        name,
        *(str(p.absolute()) for p in (job, warm_up, out)),
    ]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as errors:
        process = psutil.Popen(command, cwd=scratch, env=environment, stdout=said, stderr=errors)
        peaks = Peaks()
        while process.poll() is None:
            peaks.look_at(process)
            time.sleep(_POLL_SECONDS)
        said.seek(0)
        errors.seek(0)
        if process.returncode:
            raise failure_of(process.returncode, errors.read().decode(errors="replace"))
        seconds = json.loads(said.read().splitlines()[-1])["seconds"]
    return SparkMeasurement(seconds, peaks.total, peaks.driver, peaks.java, peaks.workers)


@dataclass
class Peaks:
    """The most memory that was seen, in bytes: of the driver, of Java, of the workers, and of all at one time."""

    driver: int = 0
    java: int = 0
    workers: int = 0
    total: int = 0

    def look_at(self, process: psutil.Process) -> None:
        """Look once at a driver and at what it has started: Java, and below that the workers."""
        with suppress(psutil.NoSuchProcess):
            java = process.children()
            below = [each for each in process.children(recursive=True) if each not in java]
            sizes = [_resident([process]), _resident(java), _resident(below)]
            self.driver, self.java, self.workers = map(max, (self.driver, self.java, self.workers), sizes)
            self.total = max(self.total, sum(sizes))


def _resident(processes: list[psutil.Process]) -> int:
    size = 0
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            size += process.memory_info().rss
    return size


def _main(name: str, job: Path, warm_up: Path, out: Path) -> None:
    session = start_spark()
    configure(session)
    run = import_module(PROGRAMS[name]).run
    try:
        with tempfile.TemporaryDirectory() as scratch:
            run(session, warm_up, AS_OF, Path(scratch))
        start = time.perf_counter()
        run(session, job, AS_OF, out)
        print(json.dumps({"seconds": time.perf_counter() - start}))
    finally:
        session.stop()


if __name__ == "__main__":
    _main(sys.argv[1], *map(Path, sys.argv[2:]))
