from __future__ import annotations

import io
import time
import zipfile
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING

import pytest

from devkit.samples.claims import generate
from shared.domain.job import JobState
from shared.domain.routing import INTAKE_QUEUE
from shared.ports import JobFilter
from shared.services.inbox import INBOX_USER
from tests.chaos.fuse import Died, Fuse, arm, die

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.domain.job import Job
    from tests.integration.services.conftest import Bench

LINES = b'{"number": 1}\n{"number": 2}\n'
DEPARTMENTS = b"id,department\n1,Support\n2,Legal\n"
JOBS = b"id,job\n1,Clerk\n"
HIRED = b"id,name,datetime,department_id,job_id\n1,Ann,2021-01-05T10:00:00Z,1,1\n"


def jobs(bench: Bench) -> list[Job]:
    return [view.job for view in bench.app.jobs.find(JobFilter(), 50)[0]]


def only_job(bench: Bench) -> Job:
    (job,) = jobs(bench)
    return job


def names(bench: Bench, job: Job) -> list[str]:
    return [file.filename for file in bench.app.jobs.get(job.job_id).files]


def test_a_file_dropped_without_a_request_becomes_a_job(bench: Bench) -> None:
    bench.drop("ecommerce/2026-01/orders.ndjson", LINES)
    bench.take_in()
    job = only_job(bench)
    assert (job.state, job.dataset, job.job_name, job.user_id) == (
        JobState.ROUTED,
        "ecommerce",
        "2026-01",
        INBOX_USER,
    )
    assert (job.record_count, job.contract_version) == (2, 1)
    (file,) = bench.app.jobs.get(job.job_id).files
    assert file.blob == f"inbox/{job.job_id}/{job.job_id}/orders.ndjson"
    assert bench.app.blobs.get(bench.app.settings.bronze_container, file.blob) == LINES
    assert bench.paths("landing") == set()
    assert bench.app.jobs.get(job.job_id).timeline[1].note is None


def test_a_file_told_of_twice_is_one_job(bench: Bench) -> None:
    path = "inbox/ecommerce/2026-01/orders.ndjson"
    bench.drop("ecommerce/2026-01/orders.ndjson", LINES)
    bench.app.arrivals(bench.app.settings.landing_container, path)
    bench.take_in()
    bench.app.arrivals(bench.app.settings.landing_container, path)
    bench.take_in()
    assert only_job(bench).state is JobState.ROUTED


def test_a_batch_waits_for_a_file_of_each_table(bench: Bench) -> None:
    bench.drop("hiring/spring/departments.csv", DEPARTMENTS)
    bench.drop("hiring/spring/Hired_Employees (2).csv", HIRED)
    bench.take_in()
    assert only_job(bench).state is JobState.AWAITING_FILE
    bench.drop("hiring/spring/jobs.csv", JOBS)
    bench.take_in()
    job = only_job(bench)
    assert (job.state, job.record_count) == (JobState.ROUTED, 4)
    assert names(bench, job) == ["Hired_Employees (2).csv", "departments.csv", "jobs.csv"]
    assert bench.app.jobs.get(job.job_id).timeline[1].note is None


def test_an_archive_with_a_file_of_each_table_is_a_whole_batch(bench: Bench) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in (("departments.csv", DEPARTMENTS), ("jobs.csv", JOBS), ("hired_employees.csv", HIRED)):
            archive.writestr(name, data)
    bench.drop("hiring/spring/all.zip", packed.getvalue())
    bench.take_in()
    job = only_job(bench)
    assert (job.state, job.record_count) == (JobState.ROUTED, 4)
    assert bench.app.jobs.get(job.job_id).timeline[1].note is None


@pytest.mark.parametrize("data", [b"Clinic,Visits\nNorth,4\n", generate(3, fault_rate=0).page])
def test_a_batch_of_a_dataset_that_reads_pages_waits_for_nothing_else(bench: Bench, data: bytes) -> None:
    bench.drop("claims/march/upload.dat", data)
    bench.take_in()
    job = only_job(bench)
    assert (job.state, bool(job.record_count)) == (JobState.ROUTED, True)
    assert bench.app.jobs.get(job.job_id).timeline[1].note is None


def test_a_batch_that_stays_incomplete_runs_with_what_is_there_and_says_what_is_missing(bench: Bench) -> None:
    bench.drop("hiring/spring/departments.csv", DEPARTMENTS)
    bench.take_in()
    job = only_job(bench)
    bench.later(9).take_in(job.job_id)
    assert only_job(bench).state is JobState.AWAITING_FILE
    bench.later(11).take_in(job.job_id)
    job = only_job(bench)
    assert (job.state, job.record_count) == (JobState.ROUTED, 2)
    note = bench.app.jobs.get(job.job_id).timeline[1].note
    assert note == "The batch came without a file for jobs, hired_employees."


def test_the_end_of_the_time_limit_is_told_by_a_message_of_its_own(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(inbox_wait_minutes=0)
    bench.drop("hiring/spring/departments.csv", DEPARTMENTS)
    assert len(bench.messages(INTAKE_QUEUE)) == 2
    bench.app.take_in(only_job(bench).job_id)
    assert only_job(bench).state is JobState.ROUTED


def test_what_is_dropped_after_a_batch_was_taken_in_makes_another_job(bench: Bench) -> None:
    bench.drop("ecommerce/2026-01/orders.ndjson", LINES)
    bench.take_in()
    bench.drop("ecommerce/2026-01/more.ndjson", LINES * 2)
    bench.take_in()
    assert [job.record_count for job in jobs(bench)] == [4, 2]


def test_batches_of_one_dataset_are_jobs_of_their_own(bench: Bench) -> None:
    bench.drop("hiring/spring/departments.csv", DEPARTMENTS)
    bench.drop("hiring/autumn/departments.csv", DEPARTMENTS)
    assert {job.job_name for job in jobs(bench)} == {"spring", "autumn"}


def test_the_same_content_dropped_again_ends_as_what_it_is(bench: Bench) -> None:
    for batch in ("one", "two"):
        bench.drop(f"ecommerce/{batch}/orders.ndjson", LINES)
        bench.take_in()
    again, first = jobs(bench)
    assert (again.state, again.superseded_by) == (JobState.SUPERSEDED, first.job_id)


def test_a_file_for_an_unknown_dataset_is_a_failed_job_with_its_bytes_kept(bench: Bench) -> None:
    bench.drop("ecommerze/2026-01/orders.ndjson", LINES)
    bench.take_in()
    job = only_job(bench)
    assert job.problem is not None
    assert (job.state, job.problem.code) == (JobState.FAILED, "unknown_dataset")
    assert len(bench.paths("bronze")) == 1
    assert bench.paths("landing") == set()
    bench.later(30).sweep_landing()
    bench.take_in()
    assert only_job(bench).state is JobState.FAILED
    assert bench.app.jobs.rejects(job.job_id) == []
    assert bench.app.delete(job.job_id, "admin", bronze=True).state is JobState.DELETED
    assert bench.paths("bronze") == set()


def test_a_file_of_no_table_fails_the_batch_with_a_sentence(bench: Bench) -> None:
    for name, data in (("departments.csv", DEPARTMENTS), ("jobs.csv", JOBS), ("hired_employees.csv", HIRED)):
        bench.app.blobs.put(bench.app.settings.landing_container, f"inbox/hiring/spring/{name}", data)
    bench.drop("hiring/spring/notes.txt", b"x,y,z\n1,2,3\n")
    bench.take_in()
    job = only_job(bench)
    assert job.problem is not None
    assert (job.state, job.problem.code) == (JobState.FAILED, "unknown_table_of_file")
    assert "notes.txt" in job.problem.message
    assert len(bench.paths("bronze")) == 4


@pytest.mark.parametrize("path", ["inbox/orders.json", "inbox/ecommerce/orders.json", "somewhere/orders.json", "x"])
def test_a_file_at_a_place_where_nobody_looks_makes_no_job_and_stays(
    bench: Bench, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    container = bench.app.settings.landing_container
    bench.app.blobs.put(container, path, LINES)
    bench.app.arrivals(container, path)
    assert "nobody looks for it" in caplog.text
    assert jobs(bench) == []
    bench.later(60).sweep_landing()
    assert bench.paths("landing") == {f"{container}/{path}"}


def test_an_event_of_another_container_or_of_a_file_that_is_gone_is_let_go(bench: Bench) -> None:
    bench.app.arrivals("elsewhere", "inbox/ecommerce/2026-01/orders.ndjson")
    bench.app.arrivals(bench.app.settings.landing_container, "inbox/ecommerce/2026-01/orders.ndjson")
    assert jobs(bench) == []


def test_a_batch_whose_job_was_stopped_stays_where_it_is_until_a_file_is_dropped_anew(bench: Bench) -> None:
    bench.drop("hiring/spring/departments.csv", DEPARTMENTS)
    stopped = only_job(bench)
    time.sleep(1.1)  # storage tells the time of a file in whole seconds
    bench.app.stop(stopped.job_id, "admin")
    bench.messages(INTAKE_QUEUE)
    bench.app.arrivals(bench.app.settings.landing_container, "inbox/hiring/spring/departments.csv")
    assert only_job(bench).state is JobState.STOPPED
    bench.drop("hiring/spring/jobs.csv", JOBS)
    assert [job.state for job in jobs(bench)] == [JobState.AWAITING_FILE, JobState.STOPPED]


def test_whatever_dies_while_a_file_is_dropped_it_ends_in_one_job(make_bench: Callable[..., Bench]) -> None:
    for point in count():
        bench = make_bench()
        place = bench.app.settings.landing_container, "inbox/ecommerce/2026-01/orders.ndjson"
        bench.app.blobs.put(*place, LINES)
        app, fuse = bench.another_app(), Fuse(point, die)
        arm(app, fuse, lambda *_: None)
        with suppress(Died):
            app.arrivals(*place)
            bench.take_in(app)
        if not fuse.has_blown:
            break
        # The event comes again, and so does the message.
        bench.app.arrivals(*place)
        for job in jobs(bench):
            bench.app.take_in(job.job_id)
        died = fuse.points[point]
        job = only_job(bench)
        assert (job.state, job.record_count) == (JobState.ROUTED, 2), died
        assert bench.paths("landing") == set(), died
        assert len(bench.paths("bronze")) == 1, died
        assert [path for path in bench.paths("manifests") if "inbox" in path] == [], died
    assert point >= 20
