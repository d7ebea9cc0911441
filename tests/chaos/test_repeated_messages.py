from __future__ import annotations

from typing import TYPE_CHECKING

from shared.adapters.azure.account import StorageAccount
from shared.adapters.azure.queues import AzureJobQueue
from shared.domain.message import JobMessage
from shared.domain.routing import SMALL_QUEUE
from tests.chaos.conftest import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from devkit.azurite.server import Azurite
    from tests.chaos.conftest import ChaosSystem, Undisturbed


def test_the_same_file_and_the_same_message_again_change_nothing(
    make_system: Callable[[], ChaosSystem], undisturbed: Undisturbed, records: bytes, azurite: Azurite
) -> None:
    system = make_system()
    system.start()
    job_id = system.post(records)
    assert job_id is not None
    job = system.finished(job_id)
    queue = AzureJobQueue(StorageAccount(azurite.connection_string))
    for _ in range(3):
        assert system.post(records) == job_id
        queue.send(SMALL_QUEUE, JobMessage(job_id, job_id, "admin", "ecommerce", 1))
    client = StorageAccount(azurite.connection_string).queues.get_queue_client(SMALL_QUEUE)
    wait_for(lambda: client.get_queue_properties().approximate_message_count == 0, "the queue to be empty")
    assert system.job(job_id) == job
    assert system.tables() == undisturbed.tables
    system.assert_one_set_of_outputs(job_id)


def test_a_job_that_keeps_failing_ends_as_failed_and_can_be_taken_up_again(
    make_system: Callable[[], ChaosSystem], undisturbed: Undisturbed, records: bytes
) -> None:
    system = make_system()
    system.start(fail_at=r"before blobs\.put \S+-gold")
    job_id = system.post(records)
    assert job_id is not None
    failed = system.finished(job_id)
    assert (failed["state"], failed["error"]["code"]) == ("failed", "unexpected_error")
    system.stop()

    system.start()
    assert system.http.post(f"/api/jobs/{job_id}/retry").status_code == 202
    job = system.finished(job_id)
    assert (job["state"], job["attempt"], job["error"]) == (undisturbed.job["state"], 2, None)
    assert system.tables() == undisturbed.tables
    system.assert_one_set_of_outputs(job_id)
