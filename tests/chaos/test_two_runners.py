"""Two data factories' runners on one queue: every job is run by one of them, once."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from devkit.java import suitable_java
from devkit.processes import ChildProcess, free_ports, listens
from devkit.system import ROOT, LocalSystem
from tests.large_system import QUIET, SPARK, LargeSystem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.complete,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not suitable_java(), reason="Spark needs Java 17 or newer"),
]

JOBS = 4


@contextmanager
def another_runner(system: LocalSystem) -> Iterator[str]:
    """Start a second runner beside a system's own; gives the address where its runs are asked for."""
    (port,) = free_ports(1)
    runner = ChildProcess(
        "The second runner",
        [sys.executable, "-m", "devkit.adf", "--port", str(port), "--data", str(system.folder.path)],
        environ={**os.environ, **QUIET, **SPARK, "STRATA_LOCAL_SYSTEM": json.dumps(system.address)},
        directory=ROOT,
        log=system.folder.log("second-adf"),
    )
    try:
        runner.wait_until(lambda: listens(port), 60)
        yield f"http://127.0.0.1:{port}/runs"
    finally:
        runner.stop(20)


def files(job: int) -> dict[str, bytes]:
    """Departments that no other job has, one of them without a name."""
    rows: list[dict[str, Any]] = [{"id": 10 * job + row, "department": f"Department {job}/{row}"} for row in range(5)]
    return {"departments.json": msgspec.json.encode([*rows, {"id": 10 * job + 9}])}


def test_two_runners_at_once_never_run_a_job_twice(tmp_path: Path) -> None:
    with (
        LocalSystem(tmp_path, {**QUIET, **SPARK}, with_pipelines=True) as running,
        LargeSystem(running) as system,
        another_runner(running) as other,
    ):
        small = [system.finished(system.send("hiring", files(job))) for job in range(JOBS)]
        expected = system.warehouse()
        running.kill_host()
        running.start_host({"STRATA_SMALL_BATCH_THRESHOLD": "1"})
        jobs = [system.send("hiring", files(job), force="true") for job in range(JOBS)]

        # At most two a run, and at once, so that both get some; and further runs that look for what may be left.
        runners = [running.pipelines_url, other] * 3
        runs = [system.start_pipeline(runner, maxJobs=JOBS // 2) for runner in runners]
        ended = [system.ended(run, 600) for run in runs]

        assert {run["status"] for run in ended} == {"Succeeded"}
        claimed = [run["activities"][0]["output"]["count"] for run in ended]
        assert sum(claimed) == JOBS
        assert all(sum(claimed[place::2]) > 0 for place in range(2)), "both have taken part"
        for job, before in zip(jobs, small, strict=True):
            told = [event["note"] or "" for event in system.finished(job)["timeline"]]
            for remark in (
                "aken up by the large path",
                "The first notebook starts",
                "rows are good",
                "rows in 3 tables",
            ):
                assert sum(remark in each for each in told) == 1, remark
            assert system.job(job)["ledger"] == before["ledger"]
            system.assert_one_set_of_outputs(job)
        assert len(list((tmp_path / "adf" / "notebooks").iterdir())) == 2 * JOBS, "each notebook ran once a job"
        assert system.warehouse() == expected
        assert system.loaded_by() == set(jobs)
