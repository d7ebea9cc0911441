from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from azure.storage.blob import BlobClient

from shared.domain.job import JobState
from shared.domain.routing import INTAKE_QUEUE
from shared.errors import ConflictError
from shared.services.inbox import Inbox
from shared.services.sweep_landing import LandingReport
from tests.integration.services.conftest import upload

if TYPE_CHECKING:
    from shared.ports import BlobInfo
    from tests.integration.services.conftest import Bench

LINES = b'{"number": 1}\n{"number": 2}\n'
LIFE = 240
NOTHING = LandingReport(expired=0, found=0, removed=0)


def test_a_file_of_which_no_event_told_is_found_after_ten_minutes(bench: Bench) -> None:
    expectation = bench.expect("orders.ndjson")
    upload(expectation.upload_urls[0], LINES)
    assert bench.later(9).sweep_landing() == NOTHING
    assert bench.later(11).sweep_landing() == LandingReport(expired=0, found=1, removed=0)
    bench.take_in()
    assert bench.app.jobs.get(expectation.job.job_id).job.state is JobState.ROUTED
    assert bench.later(11).sweep_landing() == NOTHING


def test_a_dropped_file_of_which_no_event_told_is_found_after_ten_minutes(bench: Bench) -> None:
    bench.app.blobs.put(bench.app.settings.landing_container, "inbox/ecommerce/2026-01/orders.ndjson", LINES)
    assert bench.later(11).sweep_landing().found == 1
    (message,) = {message.job_id for message in bench.messages(INTAKE_QUEUE)}
    bench.app.take_in(message)
    assert bench.app.jobs.get(message).job.state is JobState.ROUTED


def test_a_job_whose_file_does_not_come_ends_and_leaves_nothing(bench: Bench) -> None:
    expectation = bench.expect("a.ndjson", "b.ndjson")
    job_id = expectation.job.job_id
    upload(expectation.upload_urls[0], LINES)
    assert bench.later(LIFE + 9).sweep_landing().expired == 0
    assert bench.later(LIFE + 11).sweep_landing() == LandingReport(expired=1, found=0, removed=1)
    job = bench.app.jobs.get(job_id).job
    assert job.problem is not None
    assert (job.state, job.problem.code) == (JobState.FAILED, "upload_expired")
    assert job.problem.message == "b.ndjson did not come in time."
    assert bench.paths("landing", "bronze") == set()
    with pytest.raises(ConflictError) as refusal:
        bench.app.retry(job_id)
    assert refusal.value.code == "not_retryable"
    assert bench.app.delete(job_id, "admin").state is JobState.DELETED


def test_a_job_whose_files_came_at_the_last_moment_is_taken_in(bench: Bench) -> None:
    expectation = bench.expect("orders.ndjson")
    upload(expectation.upload_urls[0], LINES)
    assert bench.later(LIFE + 11).sweep_landing().expired == 0
    bench.take_in()
    assert bench.app.jobs.get(expectation.job.job_id).job.state is JobState.ROUTED


def test_blocks_of_an_upload_that_was_never_completed_are_removed(bench: Bench) -> None:
    expectation = bench.expect("orders.ndjson")
    url = expectation.upload_urls[0]
    assert url is not None
    with BlobClient.from_blob_url(url) as client:
        client.stage_block("AAAA", LINES)
    container = bench.app.settings.landing_container
    bench.app.arrivals(container, expectation.files[0].blob)
    bench.take_in()
    assert bench.app.jobs.get(expectation.job.job_id).job.state is JobState.AWAITING_FILE
    assert bench.later(LIFE + 11).sweep_landing().removed == 1
    assert list(bench.app.blobs.scan(container, "", uncommitted=True)) == []


def test_what_belongs_to_no_job_or_to_one_that_has_its_files_is_removed(bench: Bench) -> None:
    expectation = bench.expect("orders.ndjson")
    container, path = bench.app.settings.landing_container, expectation.files[0].blob
    upload(expectation.upload_urls[0], LINES)
    bench.app.take_in(expectation.job.job_id)
    bench.app.blobs.put(container, path, b"again")
    bench.app.blobs.put(container, f"admin/{'0' * 24}/orders.ndjson", b"whose?")
    assert bench.later(9).sweep_landing() == NOTHING
    assert bench.later(11).sweep_landing() == LandingReport(expired=0, found=0, removed=2)
    assert bench.paths("landing") == set()
    assert len(bench.paths("bronze")) == 1


def test_files_of_a_job_that_could_not_be_taken_in_are_kept_for_its_retry(bench: Bench) -> None:
    expectation = bench.expect("orders.ndjson")
    upload(expectation.upload_urls[0], LINES)
    bench.app.arrivals.complete(expectation.job.job_id)
    (message,) = bench.messages(INTAKE_QUEUE)
    bench.app.bury(message, "Given up on.")
    assert bench.later(LIFE + 11).sweep_landing() == NOTHING
    assert bench.later(31 * 24 * 60).sweep_landing().removed == 1


def test_a_batch_of_which_nothing_is_left_ends_and_can_be_dropped_again(bench: Bench) -> None:
    bench.drop("hiring/spring/departments.csv", b"id,department\n1,Legal\n")
    bench.app.blobs.delete(bench.app.settings.landing_container, "inbox/hiring/spring/departments.csv")
    assert bench.later(21).sweep_landing().expired == 1
    (message, *_) = bench.messages(INTAKE_QUEUE)
    job = bench.app.jobs.get(message.job_id).job
    assert job.problem is not None
    assert job.problem.code == "upload_expired"
    bench.drop("hiring/spring/departments.csv", b"id,department\n1,Legal\n")
    (message,) = bench.messages(INTAKE_QUEUE)
    assert message.job_id != job.job_id


def test_a_file_with_which_something_is_wrong_holds_up_no_other(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for batch in ("a", "b"):
        bench.app.blobs.put(bench.app.settings.landing_container, f"inbox/ecommerce/{batch}/orders.ndjson", LINES)
    usual = Inbox.arrive

    def fails_for_one(inbox: Inbox, dataset: str, batch: str, file: BlobInfo) -> None:
        if batch == "a":
            raise ValueError
        usual(inbox, dataset, batch, file)

    monkeypatch.setattr(Inbox, "arrive", fails_for_one)
    assert bench.later(11).sweep_landing().found == 1
    assert "could not be looked after" in caplog.text
