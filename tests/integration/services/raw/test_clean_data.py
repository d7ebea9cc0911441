"""What a client may have cleaned: its own raw data, or a file that it uploads; what it claims decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.adapters.azure.blobs import AzureBlobStore
from shared.domain.job import JobState, ProcessingPath
from shared.domain.routing import INTAKE_QUEUE
from shared.errors import ForbiddenError, InvalidRequestError, NotFoundError
from shared.services.clean_data import MOST_FILES
from tests.integration.services.conftest import upload
from tests.integration.services.raw.conftest import ADMIN, PATH, Lake

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.services.browse import JobView
    from shared.services.expect import Expectation
    from tests.integration.services.conftest import Bench


def test_a_parent_job_names_all_files_of_its_folder(
    lake: Lake, records: bytes, ask: Callable[..., Expectation], follow: Callable[..., JobView]
) -> None:
    for path in ("eve/b7/j1.json", "eve/b7/j2.json", "eve/b7/deep/j3.json", "eve/b70/j4.json", "bob/b7/j5.json"):
        lake.put(path, records)
    expectation = ask(parent_job_id="b7", claimed=80)
    view = follow(expectation)
    assert [file.blob for file in view.files] == ["eve/b7/j1.json", "eve/b7/j2.json"]
    assert (view.job.parent_job_id, view.job.record_count) == ("b7", 80)
    assert expectation.upload_urls == (None, None)


def test_until_the_records_are_counted_the_path_is_provisional(
    raw_bench: Bench, lake: Lake, records: bytes, ask: Callable[..., Expectation]
) -> None:
    lake.put(PATH, records)

    job = ask(PATH, claimed=10_001).job

    assert (job.processing_path, job.record_count, job.claimed_count) == (ProcessingPath.LARGE_BATCH, None, 10_001)
    assert job.is_provisional
    raw_bench.take_in()
    counted = raw_bench.app.jobs.get(job.job_id).job
    assert (counted.processing_path, counted.record_count) == (ProcessingPath.SMALL_BATCH, 40)
    assert not counted.is_provisional


@pytest.mark.parametrize(("claimed", "remark"), [(5_000, "Claimed 5,000 records, counted 40."), (40, None)])
def test_a_wrong_claim_is_noted_on_the_timeline(
    lake: Lake,
    records: bytes,
    ask: Callable[..., Expectation],
    follow: Callable[..., JobView],
    claimed: int,
    remark: str | None,
) -> None:
    lake.put(PATH, records)
    timeline = follow(ask(PATH, claimed=claimed)).timeline
    assert [event.note for event in timeline if event.state == "received"] == [remark]


def test_the_same_raw_data_again_is_the_job_that_has_it(
    lake: Lake, records: bytes, ask: Callable[..., Expectation], follow: Callable[..., JobView]
) -> None:
    lake.put(PATH, records)
    lake.put("eve/b8/copy.json", records)
    first, second = follow(ask(PATH)).job, follow(ask("eve/b8/copy.json")).job
    assert (second.state, second.superseded_by) == (JobState.SUPERSEDED, first.job_id)
    assert (second.record_count, second.is_provisional) == (40, False)
    assert [blob.name for blob in lake.owner.list_blobs()] == [PATH, "eve/b8/copy.json"]


def test_users_name_their_own_data_alone_and_administrators_that_of_all(
    lake: Lake, records: bytes, ask: Callable[..., Expectation], follow: Callable[..., JobView]
) -> None:
    lake.put("bob/b7/j1.json", records)
    for refused in (
        lambda: ask("bob/b7/j1.json"),
        lambda: ask(PATH, user_id="bob"),
        lambda: ask(parent_job_id="b7", user_id="bob"),
    ):
        with pytest.raises(ForbiddenError):
            refused()
    assert follow(ask(parent_job_id="b7", user_id="bob", caller=ADMIN)).job.user_id == "bob"


@pytest.mark.parametrize("path", ["eve/../bob/b7/j1.json", "eve/b7/../../bob/b7/j1.json", "eve/b7/j1\u202e.json"])
def test_paths_that_lead_elsewhere_are_refused_before_storage_is_asked(
    ask: Callable[..., Expectation], monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(AzureBlobStore, "stat", None)
    with pytest.raises(InvalidRequestError):
        ask(path)


def test_raw_data_that_is_not_there_makes_no_job(raw_bench: Bench, lake: Lake, ask: Callable[..., Expectation]) -> None:
    lake.put(PATH, b"[]")
    for wanted in (lambda: ask(PATH, "eve/b7/j2.json"), lambda: ask(parent_job_id="b8")):
        with pytest.raises(NotFoundError) as missing:
            wanted()
        assert missing.value.code == "no_raw_data"
    with pytest.raises(NotFoundError) as unknown:
        ask(PATH, dataset="nothing")
    assert unknown.value.code == "unknown_dataset"
    assert raw_bench.paths("manifests") == set()


def test_one_job_takes_so_many_files_and_no_more(lake: Lake, ask: Callable[..., Expectation]) -> None:
    for number in range(MOST_FILES + 1):
        lake.put(f"eve/b7/{number}.json", b"[]")
    with pytest.raises(InvalidRequestError) as refusal:
        ask(parent_job_id="b7")
    assert refusal.value.code == "too_many_files"


def test_a_job_whose_message_was_lost_is_taken_in_by_the_sweep(
    raw_bench: Bench, lake: Lake, records: bytes, ask: Callable[..., Expectation], follow: Callable[..., JobView]
) -> None:
    lake.put(PATH, records)
    expectation = ask(PATH)
    assert len(raw_bench.messages(INTAKE_QUEUE)) == 1

    raw_bench.later(minutes=11).sweep_landing()

    assert follow(expectation).job.state is JobState.SUCCEEDED_WITH_REJECTS


def test_without_raw_data_the_job_waits_for_an_upload(
    raw_bench: Bench, records: bytes, ask: Callable[..., Expectation], follow: Callable[..., JobView]
) -> None:
    expectation = ask(claimed=5_000)
    assert (expectation.job.state, expectation.job.is_provisional) == (JobState.AWAITING_FILE, True)

    upload(expectation.upload_urls[0], records)
    raw_bench.app.arrivals.complete(expectation.job.job_id)

    view = follow(expectation)
    assert view.job.state is JobState.SUCCEEDED_WITH_REJECTS
    assert "Claimed 5,000 records, counted 40." in {event.note for event in view.timeline}
