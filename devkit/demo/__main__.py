"""``python -m devkit.demo``: run the demo on a system of its own and leave nothing behind.

With ``--quick`` the file that is too large for the small path is left waiting, instead of being run on Spark.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Never

from rich.console import Console

from devkit.cli.client import Client
from devkit.cli.connection import Address
from devkit.cli.errors import CliError
from devkit.cli.follow import succeeded, waits_for_large_path
from devkit.demo.follow import send_and_follow
from devkit.demo.report import report
from devkit.demo.uploads import sample_uploads
from devkit.errors import LocalSystemError
from devkit.java import suitable_java
from devkit.system import LocalSystem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

    from devkit.cli.client import Job
    from devkit.demo.uploads import Upload

_WIDTH_WITHOUT_TERMINAL = 132
#: No pipeline starts by itself amid the demo.
_QUIET = {"STRATA_TRIGGER_SECONDS": "EveryTenMinutes=86400,EveryTenHours=86400"}


def main(arguments: list[str] | None = None) -> int:
    """Run the demo; returns 0 when every job came to its proper end, else 1."""
    parser = argparse.ArgumentParser(prog="python -m devkit.demo", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave the large file waiting")
    quick = parser.parse_args(arguments).quick
    signal.signal(signal.SIGTERM, _interrupt)
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH_WITHOUT_TERMINAL)
    try:
        with tempfile.TemporaryDirectory(prefix="strata-demo-") as folder:
            return _run(Path(folder), console, quick=quick)
    except KeyboardInterrupt:
        console.print("Interrupted.")
        return 130
    except (LocalSystemError, TimeoutError, CliError) as error:
        console.print(f"The demo failed: {error}", markup=False)
    return 1


def _run(folder: Path, console: Console, *, quick: bool) -> int:
    with_spark = not quick and suitable_java() and find_spec("pyspark") is not None
    parts = "Azurite, the local host and the local data factory" if with_spark else "Azurite and the local host"
    console.print(f"Starting {parts} on free ports …")
    system = LocalSystem(folder, _QUIET, with_pipelines=with_spark)
    with system, Client(Address(system.base_url, system.token, "the demo")) as client:
        console.print("Making sample files …")
        uploads = list(sample_uploads())
        console.print(f"Sending the files of {len(uploads)} jobs to {system.base_url}/api/jobs …")
        if not with_spark and not quick:
            console.print(
                "Without Java, a large job only waits here. To see it run: apt-get install default-jre-headless"
            )
        jobs = send_and_follow(client, uploads, console, with_spark=with_spark)
        report(client, jobs, console)
        console.print("Stopping everything that was started …")
    problems = [*_failures(jobs), *_contradictions(uploads, jobs)]
    for problem in problems:
        console.print(problem, markup=False)
    if not problems:
        console.print("Done: every row went where the samples' answer key says. To try it yourself: make up")
    return 1 if problems else 0


def _failures(jobs: Sequence[Job]) -> Iterator[str]:
    for job in jobs:
        if not succeeded(job) and not waits_for_large_path(job):
            yield f"'{job['jobName']}' failed: {job['error']}"


def _contradictions(uploads: Sequence[Upload], jobs: Sequence[Job]) -> Iterator[str]:
    for upload, job in zip(uploads, jobs, strict=True):
        if succeeded(job) and job["ledger"] != upload.expected:
            yield f"'{job['jobName']}' should have come to {upload.expected}, but came to {job['ledger']}"


def _interrupt(_number: int, _frame: FrameType | None) -> Never:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
