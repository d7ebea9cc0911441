from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from shared.domain.job import JobState, ProcessingPath
from shared.domain.routing import LARGE_QUEUE
from shared.errors import InvalidRequestError, NotFoundError, UnreadableFileError
from shared.ports import JobFilter
from tests.chaos.fuse import Died, Fuse, arm, die

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.services.conftest import Bench


def array(records: int) -> bytes:
    return json.dumps([{"number": number} for number in range(records)]).encode()


def states(bench: Bench, job_id: str) -> list[str]:
    return [event.state for event in bench.app.jobs.get(job_id).timeline]


def test_an_upload_becomes_a_queued_job_with_its_bytes_kept(bench: Bench) -> None:
    receipt = bench.receive(array(3), names=("Aufträge März.json",), job_name="March")
    view = bench.app.jobs.get(receipt.job.job_id)
    assert receipt.created
    assert (view.job.state, view.job.record_count, view.job.job_name) == (JobState.ROUTED, 3, "March")
    assert states(bench, view.job.job_id) == ["received", "routed"]
    (file,) = view.files
    assert (file.filename, file.records, file.size) == ("Aufträge März.json", 3, len(array(3)))
    assert file.blob == f"admin/{view.job.job_id}/{view.job.job_id}/Aufträge März.json"
    assert bench.app.blobs.get(bench.app.settings.bronze_container, file.blob) == array(3)
    (message,) = bench.messages()
    assert (message.job_id, message.attempt, message.dataset) == (view.job.job_id, 1, "ecommerce")


@pytest.mark.parametrize(
    ("sizes", "path"),
    [
        ((10,), ProcessingPath.SMALL_BATCH),
        ((11,), ProcessingPath.LARGE_BATCH),
        ((4, 6), ProcessingPath.SMALL_BATCH),
        ((5, 6), ProcessingPath.LARGE_BATCH),
        ((0,), ProcessingPath.SMALL_BATCH),
    ],
)
def test_records_are_counted_over_all_files(
    make_bench: Callable[..., Bench], sizes: tuple[int, ...], path: ProcessingPath
) -> None:
    bench = make_bench(small_batch_threshold=10)
    receipt = bench.receive(*(array(size) for size in sizes))
    assert receipt.job.processing_path == path
    assert receipt.routing is not None
    assert (receipt.routing.records, receipt.routing.threshold) == (sum(sizes), 10)
    assert receipt.routing.bytes == sum(len(array(size)) for size in sizes)


def test_a_large_job_waits_in_its_queue_and_says_so(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(small_batch_threshold=1)
    receipt = bench.receive(array(2))
    view = bench.app.jobs.get(receipt.job.job_id)
    assert view.job.state is JobState.ROUTED
    assert "waits in large-batch-queue" in (view.timeline[-1].note or "")
    assert bench.messages() == []
    assert [message.job_id for message in bench.messages(LARGE_QUEUE)] == [view.job.job_id]


def test_the_same_content_is_the_same_job(bench: Bench) -> None:
    first = bench.receive(array(1), array(2))
    again = bench.receive(array(2), array(1), names=("other.json", "names.json"), job_name="another name")
    assert (first.created, again.created) == (True, False)
    assert again.job.job_id == first.job.job_id
    assert again.routing == first.routing
    assert len(bench.messages()) == 1
    assert len(bench.paths("bronze")) == 2


@pytest.mark.parametrize(
    "difference",
    [{"user_id": "eve"}, {"as_of": None}, {"as_of": datetime(2026, 1, 2, tzinfo=UTC)}],
)
def test_other_content_is_another_job(bench: Bench, difference: dict[str, Any]) -> None:
    first = bench.receive(array(1))
    assert bench.receive(array(1), **difference).job.job_id != first.job.job_id


def test_as_of_without_a_zone_is_utc(bench: Bench) -> None:
    naive = bench.receive(array(1), as_of=datetime(2026, 1, 15, 12))
    zoned = bench.receive(array(1), as_of=datetime(2026, 1, 15, 13, tzinfo=timezone(timedelta(hours=1))))
    assert naive.job.as_of == datetime(2026, 1, 15, 12, tzinfo=UTC)
    assert zoned.job.job_id == naive.job.job_id


def test_as_of_is_the_time_of_receipt_when_not_given_and_no_part_of_the_content(bench: Bench) -> None:
    before = datetime.now(UTC)
    first = bench.receive(array(1), as_of=None)
    assert before <= first.job.as_of <= datetime.now(UTC)
    again = bench.receive(array(1), as_of=None)
    assert (again.job.job_id, again.job.as_of) == (first.job.job_id, first.job.as_of)


def test_many_that_send_the_same_at_once_share_one_job(bench: Bench) -> None:
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda number: bench.receive(array(5), names=(f"{number}.json",)), range(8)))
    assert len({receipt.job.job_id for receipt in receipts}) == 1
    assert sum(receipt.created for receipt in receipts) == 1
    assert len(bench.app.jobs.find(JobFilter(), 10)[0]) == 1
    assert len(bench.paths("bronze")) == 1
    assert {message.job_id for message in bench.messages()} == {receipts[0].job.job_id}


def test_force_makes_a_new_job_that_supersedes_the_holder_and_takes_the_content(bench: Bench) -> None:
    first = bench.receive(array(1))
    forced = bench.receive(array(1), force=True)
    assert forced.created
    assert (first.job.supersedes, forced.job.supersedes) == (None, first.job.job_id)
    assert bench.receive(array(1)).job.job_id == forced.job.job_id


def test_force_without_an_earlier_job_is_an_ordinary_job(bench: Bench) -> None:
    assert bench.receive(array(1), force=True).job.supersedes is None


def test_jobs_may_be_grouped_under_a_parent(bench: Bench) -> None:
    receipt = bench.receive(array(1), parent_job_id="batch-7")
    assert receipt.job.parent_job_id == "batch-7"
    assert [view.job for view in bench.app.jobs.find(JobFilter(parent_job_id="batch-7"), 5)[0]] == [receipt.job]


def test_an_unknown_dataset_stores_nothing(bench: Bench) -> None:
    with pytest.raises(NotFoundError) as unknown:
        bench.receive(array(1), dataset="nothing")
    assert unknown.value.code == "unknown_dataset"
    assert bench.paths("bronze", "manifests") == set()


def test_a_request_without_a_file_is_refused(bench: Bench) -> None:
    with pytest.raises(InvalidRequestError):
        bench.receive()


@pytest.mark.parametrize("content", [b"", b"no json", b'{"one": "object"', b'[{"cut": "of', b"\xff\xfe\x00"])
def test_what_cannot_be_counted_is_a_failed_job_with_its_bytes_kept(bench: Bench, content: bytes) -> None:
    with pytest.raises(UnreadableFileError) as refusal:
        bench.receive(array(2), content)
    job_id = refusal.value.details["jobId"]
    view = bench.app.jobs.get(job_id)
    assert view.job.state is JobState.FAILED
    assert view.job.problem is not None
    assert (view.job.problem.code, view.job.problem.message) == (refusal.value.code, refusal.value.message)
    stored = {bench.app.blobs.get(bench.app.settings.bronze_container, file.blob) for file in view.files}
    assert stored == {array(2), content}
    assert bench.messages() == []


def test_the_same_uncountable_content_again_is_the_same_failed_job(bench: Bench) -> None:
    jobs = set()
    for _ in range(2):
        with pytest.raises(UnreadableFileError) as refusal:
            bench.receive(b"no json")
        jobs.add(refusal.value.details["jobId"])
    assert len(jobs) == 1


@pytest.mark.parametrize("content", [array(3), b"no json"])
@pytest.mark.parametrize("force", [False, True])
def test_whoever_repeats_a_request_that_died_at_any_line_gets_one_complete_job(
    make_bench: Callable[..., Bench], content: bytes, *, force: bool
) -> None:
    for point in count():
        bench = make_bench()
        if force:
            bench.receive(array(3))
        app, fuse = bench.another_app(), Fuse(point, die)
        arm(app, fuse, lambda *_: None)
        with suppress(Died, UnreadableFileError):
            bench.receive(content, app=app, force=force)
        if not fuse.has_blown:
            break
        _repeat_and_check(bench, content, fuse.points[point])
    assert point >= 10


def _repeat_and_check(bench: Bench, content: bytes, died: str) -> None:
    try:
        job = bench.receive(content).job
        assert job.state is JobState.ROUTED, died
        assert job.job_id in {message.job_id for message in bench.messages()}, died
    except UnreadableFileError as refusal:
        job = bench.app.jobs.get(refusal.details["jobId"]).job
    view = bench.app.jobs.get(job.job_id)
    stored = [bench.app.blobs.get(bench.app.settings.bronze_container, file.blob) for file in view.files]
    assert stored == [content], died
    last = "routed" if view.routing else "failed"
    assert [event.state for event in view.timeline] == ["received", last], died
    assert bench.app.job_store.content_holders(job.content_key)[-1] == job.job_id, died
