"""``make etl``, ``make queries`` and ``make run``: appointments through the system, and the questions asked of them."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from devkit.cli import show
from devkit.cli.client import Client
from devkit.cli.errors import CliError
from devkit.cli.follow import StageDisplay, follow, in_words, succeeded
from devkit.cli.sending import send
from devkit.errors import LocalSystemError
from devkit.running import running_system
from devkit.samples.appointments import generate
from devkit.up import DEFAULT_DATA

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devkit.cli.client import Job

_DATASET = "appointments"
_APPOINTMENTS = 1_000
_PATIENCE_SECONDS = 300


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks; returns 0 when all of it came to its proper end, else 1."""
    wanted = _parsed(arguments)
    try:
        with running_system(wanted.data, show.remarks()) as address, Client(address) as client:
            is_loaded = wanted.step == "queries" or _load(client, wanted.files)
            if is_loaded and wanted.step != "etl":
                _ask(client)
    except CliError as error:
        print(f"{error}\n{error.advice}", file=sys.stderr)
        return 1
    except (LocalSystemError, TimeoutError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0 if is_loaded else 1


def _parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m devkit.etl", description=__doc__)
    parser.add_argument("step", choices=("etl", "queries", "run"), help="what to do; 'run' does both")
    parser.add_argument("files", nargs="*", type=Path, help="files of doctors and appointments (default: samples)")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="the data folder (default: .strata)")
    return parser.parse_args(arguments)


def _load(client: Client, files: Sequence[Path]) -> bool:
    """Send files, or samples, as one job, show what became of it, and tell whether it succeeded."""
    with tempfile.TemporaryDirectory(prefix="strata-etl-") as folder:
        if not files:
            generate(_APPOINTMENTS).write_files(Path(folder))
            files = sorted(Path(folder).iterdir())
        options = {"dataset": _DATASET, "jobName": "make etl", "force": True}
        job_id, _ = send(client, files, options, show.remarks())
    with StageDisplay(show.remarks()) as display:
        job = follow(client, job_id, display.begin(", ".join(file.name for file in files)), _PATIENCE_SECONDS)
    _tell(client, job)
    return succeeded(job)


def _tell(client: Client, job: Job) -> None:
    results = show.results()
    results.print(f"Job {job['jobId']}: {in_words(job)}")
    if job["error"]:
        results.print(f"{job['error']['message']}\n{job['error']['advice']}")
    if job["ledger"]:
        results.print(show.ledger_table(job), show.metrics_table(client.quality(job["jobId"])))
    if job["goldTables"]:
        results.print(show.published_table(job))


def _ask(client: Client) -> None:
    for query in client.queries():
        if query["dataset"] == _DATASET:
            rows = client.query(query["name"], {})
            defaults = ", ".join(f"{each['name']}={each['default']}" for each in query["parameters"])
            title = f"{query['title']} ({defaults})" if defaults else query["title"]
            show.results().print(show.answer_table(title, rows))


if __name__ == "__main__":
    sys.exit(main())
