from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from azure.storage.blob import BlobClient

from tests.chaos.conftest import AS_OF

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from tests.chaos.conftest import ChaosSystem, Undisturbed

# A point of every step, as the fuse names it.
STEPS = {
    "copying it": r"after blobs\.copy",
    "claiming its content": r"after job_store\.claim_content",
    "noting what was counted": r"before job_store\.save \(received\)",
    "clearing the landing container": r"before blobs\.delete \S+-landing",
}


def asked(system: ChaosSystem) -> dict[str, Any]:
    body = {"dataset": "ecommerce", "filename": "records.json", "asOf": AS_OF}
    return system.http.post("/api/uploads", json=body).raise_for_status().json()


def upload(url: str, records: bytes) -> None:
    with BlobClient.from_blob_url(url) as blob:
        blob.upload_blob(records)


@pytest.mark.parametrize("step", STEPS)
def test_a_host_killed_at_any_step_of_a_take_in_and_started_again_leaves_one_set_of_rows(
    make_system: Callable[[], ChaosSystem], undisturbed: Undisturbed, records: bytes, step: str
) -> None:
    system = make_system()
    system.start(kill_on=STEPS[step])
    waiting = asked(system)
    upload(waiting["uploadUrl"], records)
    system.tell(waiting["completeUrl"])
    system.wait_for_death()
    died = system.points[-1]
    assert re.match(STEPS[step], died)
    system.start()
    # A client that got no answer says so again, as storage does with its event.
    system.tell(f"/api/uploads/{waiting['jobId']}/complete")
    job = system.finished(waiting["jobId"])
    compared = ("state", "recordCount", "ledger", "goldTables", "error")
    assert {name: job[name] for name in compared} == {name: undisturbed.job[name] for name in compared}, died
    assert [event["state"] for event in job["timeline"]].count("received") == 1, died
    assert system.tables() == undisturbed.tables, died
    system.assert_one_set_of_outputs(waiting["jobId"])
    assert len(system.http.get("/api/jobs").json()["jobs"]) == 1, died
