"""Measures one contender once, in a process of its own.

``python -m devkit.bench.measure <name> <file> <warm-up> <out>`` prints, as JSON, the seconds taken and the peak of
memory over what the process held before.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from devkit.bench.contenders import CONTENDERS, ON_OTHER_FILES
from devkit.samples.ecommerce.generate import AS_OF

_EXCEPTION = re.compile(r"^[\w.]+(?:Error|Exception|Warning)\b.*", re.MULTILINE)
_STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Measurement:
    """Seconds from the file to the last Parquet file, and bytes at the peak over those before."""

    seconds: float
    peak_bytes: int


class MeasurementError(Exception):
    """The contender did not finish; says why."""


def measure(name: str, source: Path, warm_up: Path, out: Path) -> Measurement:
    """Run a contender once on ``source`` in a new process, and keep what it writes to ``out``.

    It first works through the small file ``warm_up``, so that imports and first calls are not counted.
    """
    command = [sys.executable, "-m", "devkit.bench.measure", name, *map(str, (source, warm_up, out))]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise failure_of(done.returncode, done.stderr)
    return Measurement(**json.loads(done.stdout))


def failure_of(code: int, errors: str) -> MeasurementError:
    """Say what a program that ended with an exit code wrote of its failure."""
    return MeasurementError(next(iter(_EXCEPTION.findall(errors)), f"exit code {code}"))


def peak_bytes() -> int:
    """Return the highest resident memory of this process so far."""
    if _STATUS.exists():  # not getrusage: on Linux a process inherits its parent's peak there
        line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _main(name: str, source: str, warm_up: str, out: str) -> None:
    run = {**CONTENDERS, **ON_OTHER_FILES}[name].load()
    with tempfile.TemporaryDirectory() as scratch:
        run(Path(warm_up), AS_OF, Path(scratch))
    before, start = peak_bytes(), time.perf_counter()
    run(Path(source), AS_OF, Path(out))
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "peak_bytes": peak_bytes() - before}))


if __name__ == "__main__":
    _main(*sys.argv[1:])
