from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from shared.domain.job import JobState, ProcessingPath
from shared.domain.routing import INTAKE_QUEUE
from shared.errors import ConflictError, InvalidRequestError, NotFoundError
from tests.chaos.fuse import Died, Fuse, arm, die
from tests.integration.services.conftest import upload

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from shared.domain.job import Job
    from tests.integration.services.conftest import Bench

LINES = b'{"number": 1}\n{"number": 2}\n{"number": 3}\n'
OTHER_LINES = b'{"number": 4}\n'


def arrived(bench: Bench, data: bytes = LINES, **request: Any) -> Job:
    """A job that waits for a file that is there, of which somebody has been told."""
    expectation = bench.expect("orders.ndjson", **request)
    upload(expectation.upload_urls[0], data)
    bench.app.arrivals.complete(expectation.job.job_id)
    return expectation.job


def taken_in(bench: Bench, data: bytes = LINES, **request: Any) -> Job:
    job = arrived(bench, data, **request)
    bench.take_in()
    return bench.app.jobs.get(job.job_id).job


def states(bench: Bench, job: Job) -> list[str]:
    return [event.state for event in bench.app.jobs.get(job.job_id).timeline]


def test_a_job_waits_for_the_file_that_goes_to_the_address_handed_out(bench: Bench) -> None:
    expectation = bench.expect("orders.ndjson", job_name="March")
    job = expectation.job
    assert (job.state, job.job_name, job.record_count) == (JobState.AWAITING_FILE, "March", None)
    assert expectation.expires_at - job.created_at == timedelta(hours=4)
    (file,) = bench.app.jobs.get(job.job_id).files
    assert (file.filename, file.blob, file.sha256) == ("orders.ndjson", f"admin/{job.job_id}/orders.ndjson", None)


def test_what_arrives_is_counted_kept_in_bronze_and_sent_on_its_way(bench: Bench) -> None:
    job = taken_in(bench)
    view = bench.app.jobs.get(job.job_id)
    assert (job.state, job.record_count, job.processing_path) == (JobState.ROUTED, 3, ProcessingPath.SMALL_BATCH)
    assert states(bench, job) == ["awaiting_file", "received", "routed"]
    (file,) = view.files
    assert (file.records, file.size, file.container) == (3, len(LINES), None)
    assert bench.app.blobs.get(bench.app.settings.bronze_container, file.blob) == LINES
    assert bench.paths("landing") == set()
    assert [message.job_id for message in bench.messages()] == [job.job_id]


def test_an_uploaded_file_becomes_the_same_rows_as_a_posted_one(
    make_bench: Callable[..., Bench], records: bytes, tmp_path: Path
) -> None:
    posted, uploaded = make_bench(), make_bench(warehouse_url=f"duckdb:///{tmp_path}/another.duckdb")
    posted_view = posted.run(records)
    job = taken_in(uploaded, records)
    uploaded.work()
    view = uploaded.app.jobs.get(job.job_id)
    assert (view.job.state, view.ledger) == (posted_view.job.state, posted_view.ledger)
    assert uploaded.rows("dw_users") == posted.rows("dw_users")


def test_a_job_waits_until_all_of_its_files_are_there(bench: Bench) -> None:
    expectation = bench.expect("a.ndjson", "b.ndjson", "b.ndjson")
    first, *others = expectation.upload_urls
    job_id = expectation.job.job_id
    upload(first, LINES)
    with pytest.raises(ConflictError) as refusal:
        bench.app.arrivals.complete(job_id)
    assert (refusal.value.code, refusal.value.details["missing"]) == ("file_missing", ["b.ndjson", "b.ndjson"])
    bench.app.arrivals(bench.app.settings.landing_container, f"admin/{job_id}/a.ndjson")
    bench.take_in()
    assert bench.app.jobs.get(job_id).job.state is JobState.AWAITING_FILE
    for url in others:
        upload(url, OTHER_LINES)
    bench.app.arrivals.complete(job_id)
    bench.take_in()
    view = bench.app.jobs.get(job_id)
    assert (view.job.state, view.job.record_count) == (JobState.ROUTED, 5)
    assert [file.records for file in view.files] == [3, 1, 1]


def test_a_job_may_be_told_of_twice_and_late(bench: Bench) -> None:
    job = arrived(bench)
    bench.app.arrivals.complete(job.job_id)
    first, second = bench.messages(INTAKE_QUEUE)
    bench.app.take_in(first.job_id)
    before = bench.app.jobs.get(job.job_id)
    bench.app.take_in(second.job_id)
    bench.app.arrivals(bench.app.settings.landing_container, f"admin/{job.job_id}/orders.ndjson")
    assert bench.app.arrivals.complete(job.job_id).state is JobState.ROUTED
    assert bench.messages(INTAKE_QUEUE) == []
    assert bench.app.jobs.get(job.job_id) == before
    assert len(bench.messages()) == 1


def test_a_message_for_a_job_that_does_not_exist_is_let_go(bench: Bench) -> None:
    taken_in(bench)
    bench.app.take_in("0" * 24)


def test_a_message_is_lost_on_a_job_that_was_stopped(bench: Bench) -> None:
    job = arrived(bench)
    bench.app.stop(job.job_id, "admin")
    bench.take_in()
    assert bench.app.jobs.get(job.job_id).job.state is JobState.STOPPED
    bench.app.retry(job.job_id)
    bench.take_in()
    assert bench.app.jobs.get(job.job_id).job.state is JobState.ROUTED


@pytest.mark.parametrize("first_comes", ["posted", "uploaded"])
def test_the_same_content_again_ends_the_job_and_names_the_one_that_has_it(bench: Bench, first_comes: str) -> None:
    first = bench.receive(LINES, names=("a.ndjson",)).job if first_comes == "posted" else taken_in(bench)
    again = taken_in(bench)
    assert (again.state, again.superseded_by) == (JobState.SUPERSEDED, first.job_id)
    assert bench.app.jobs.get(again.job_id).timeline[-1].note == f"Job {first.job_id} has the same files already."
    assert len(bench.messages()) == 1
    assert len(bench.paths("bronze")) == 1
    assert bench.paths("landing") == set()
    assert bench.receive(LINES, names=("b.ndjson",)).job.job_id == first.job_id


def test_force_takes_the_content_over(bench: Bench) -> None:
    first = taken_in(bench)
    forced = taken_in(bench, force=True)
    assert (forced.state, forced.supersedes) == (JobState.ROUTED, first.job_id)
    assert bench.app.job_store.content_holders(forced.content_key) == (first.job_id, forced.job_id)


def test_content_is_taken_over_from_a_request_that_died_before_it_made_its_job(bench: Bench) -> None:
    app, fuse = bench.another_app(), Fuse(2, die)
    arm(app, fuse, lambda *_: None)
    with pytest.raises(Died):
        bench.receive(LINES, app=app, names=("a.ndjson",))
    assert fuse.points[1].startswith("after job_store.claim_content")
    assert taken_in(bench).state is JobState.ROUTED


def test_an_as_of_that_was_given_is_part_of_the_content_and_one_that_was_not_is_none(bench: Bench) -> None:
    given = taken_in(bench, as_of=datetime(2026, 1, 2, tzinfo=UTC))
    before = datetime.now(UTC)
    none, none_again = taken_in(bench, as_of=None), taken_in(bench, as_of=None)
    assert before <= none.as_of <= datetime.now(UTC)
    assert [one.state for one in (given, none, none_again)] == [
        JobState.ROUTED,
        JobState.ROUTED,
        JobState.SUPERSEDED,
    ]


@pytest.mark.parametrize("content", [b"", b"no json", b"\xff\xfe\x00"])
def test_what_cannot_be_counted_is_a_failed_job_with_its_bytes_kept(bench: Bench, content: bytes) -> None:
    job = taken_in(bench, content)
    assert job.state is JobState.FAILED
    assert job.problem is not None
    assert "orders.ndjson" in job.problem.message
    (file,) = bench.app.jobs.get(job.job_id).files
    assert bench.app.blobs.get(bench.app.settings.bronze_container, file.blob) == content
    assert bench.paths("landing") == set()


def test_an_unknown_dataset_or_table_makes_no_job(bench: Bench) -> None:
    with pytest.raises(NotFoundError):
        bench.expect(dataset="nothing")
    with pytest.raises(InvalidRequestError):
        bench.app.expect(_expected_for_table("nothing"))
    assert bench.paths("manifests") == set()


def _expected_for_table(table: str) -> Any:
    from shared.services.expect import ExpectedFile, ExpectedJob

    return ExpectedJob("admin", "hiring", (ExpectedFile("a.csv", table),))
