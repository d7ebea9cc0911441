from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.chaos.conftest import ChaosSystem, Undisturbed

# A point of every stage, as the fuse names it.
STAGES = {
    "storing the file": r"before blobs\.put \S+-bronze",
    "making the job": r"after job_store\.create",
    "queueing it": r"before queue\.send",
    "writing silver": r"after blobs\.put \S+-silver cleaned/",
    "noting silver": r"before job_store\.save \(silver\)",
    "writing gold": r"after blobs\.put \S+-gold",
    "writing the manifest": r"before blobs\.put_new \S+-manifests \w+\.json",
    "committing the warehouse": r"before the commit of the warehouse",
    "having loaded": r"after warehouse\.load",
    "ending the job": r"before job_store\.save \(succeeded",
}


@pytest.mark.parametrize("stage", STAGES)
def test_a_host_killed_at_any_stage_and_started_again_leaves_one_set_of_rows(
    make_system: Callable[[], ChaosSystem], undisturbed: Undisturbed, records: bytes, stage: str
) -> None:
    point = next(number for number, name in enumerate(undisturbed.points) if re.match(STAGES[stage], name))
    kill_and_compare(make_system(), undisturbed, records, point)


if os.environ.get("STRATA_COMPLETE"):

    @pytest.mark.parametrize("share", range(10))
    def test_a_host_killed_at_every_point_and_started_again_leaves_one_set_of_rows(
        make_system: Callable[[], ChaosSystem], undisturbed: Undisturbed, records: bytes, share: int
    ) -> None:
        for point in range(share, len(undisturbed.points), 10):
            kill_and_compare(make_system(), undisturbed, records, point)


def kill_and_compare(system: ChaosSystem, undisturbed: Undisturbed, records: bytes, point: int) -> None:
    system.start(kill_at=point)
    job_id = system.post(records)
    system.wait_for_death()
    died = system.points[point]
    system.start()
    # A client that got no answer sends its file again; one that got a job's id only waits.
    job_id = job_id or system.post(records)
    assert job_id is not None, died
    job = system.finished(job_id)
    compared = ("state", "recordCount", "ledger", "goldTables", "error")
    assert {name: job[name] for name in compared} == {name: undisturbed.job[name] for name in compared}, died
    assert system.tables() == undisturbed.tables, died
    system.assert_one_set_of_outputs(job_id)
    assert len(system.http.get("/api/jobs").json()["jobs"]) == 1, died
    system.stop()
