"""Rows of one table, processed while the sender waits, over a real storage account and warehouse."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from shared.adapters.warehouses.duckdb.database import database_at
from shared.domain.job import JobState
from shared.domain.routing import LARGE_QUEUE
from shared.errors import InvalidRequestError, UnreadableFileError
from shared.services.ingest import TooManyRowsError
from shared.services.receive import JobRequest, Upload
from tests.chaos.fuse import Died, Fuse, arm, die
from tests.integration.services.conftest import held_by_another_process

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.bootstrap import App
    from shared.services.ingest import Ingested
    from tests.integration.services.conftest import Bench

DEPARTMENTS = [{"id": 1, "department": "Sales"}, {"id": 2, "department": "Legal"}]
JOBS = [{"id": 7, "job": "Clerk"}]


def hire(number: Any, **changes: Any) -> dict[str, Any]:
    row = {"id": number, "name": "Ann", "datetime": "2021-05-30T05:43:46Z", "department_id": 1, "job_id": 7}
    return {**row, **changes}


def send(bench: Bench, table: str, rows: Any, *, app: App | None = None, **request: Any) -> Ingested:
    upload = Upload("upload.json", io.BytesIO(json.dumps(rows).encode()))
    return (app or bench.app).ingest(JobRequest("admin", "hiring", (upload,), **request), table, rows=True)


def send_file(bench: Bench, table: str, content: bytes, filename: str = "upload") -> Ingested:
    return bench.app.ingest(JobRequest("admin", "hiring", (Upload(filename, io.BytesIO(content)),)), table)


def test_rows_are_loaded_when_the_answer_comes_by_a_job_like_any_other(bench: Bench) -> None:
    ingested = send(bench, "departments", DEPARTMENTS)
    job = ingested.view.job
    assert (job.state, ingested.created, ingested.rejected) == (JobState.SUCCEEDED, True, [])
    assert bench.rows("departments") == DEPARTMENTS
    assert ingested.view.ledger["departments"].silver == 2
    assert [event.state for event in ingested.view.timeline] == [
        *("received", "routed", "silver", "gold", "published", "succeeded"),
    ]
    (file,) = ingested.view.files
    assert (file.filename, file.table, file.records) == ("departments.json", "departments", 2)
    assert json.loads(bench.app.blobs.get(bench.app.settings.bronze_container, file.blob)) == DEPARTMENTS
    assert bench.paths("silver", "gold") == bench.outputs_that_count(job.job_id)
    assert bench.messages() == []


def test_one_bad_row_is_rejected_with_its_reason_and_the_others_load(bench: Bench) -> None:
    send(bench, "departments", DEPARTMENTS)
    send(bench, "jobs", JOBS)
    rows = [hire(1), hire(2, datetime="2021-05-30T05 43 46Z"), hire(3), "no row", hire(4, department_id=99)]
    ingested = send(bench, "hired_employees", rows)
    assert ingested.view.job.state is JobState.SUCCEEDED_WITH_REJECTS
    assert [(reject.row, reject.column, reject.rule) for reject in ingested.rejected] == [
        (2, "datetime", "type"),
        (4, "id", "record"),
        (5, "department_id", "reference"),
    ]
    assert [row["id"] for row in bench.rows("hired_employees")] == [1, 3]


def test_a_reference_to_what_was_neither_sent_nor_loaded_is_rejected(bench: Bench) -> None:
    ingested = send(bench, "hired_employees", [hire(1), hire(2)])
    assert ingested.view.job.state is JobState.FAILED
    assert ingested.view.job.problem is not None
    assert ingested.view.job.problem.code == "no_good_rows"
    assert {(reject.column, reject.rule) for reject in ingested.rejected} == {("department_id", "reference")}
    send(bench, "departments", DEPARTMENTS)
    send(bench, "jobs", JOBS)
    assert send(bench, "hired_employees", [hire(1), hire(2)], force=True).view.job.state is JobState.SUCCEEDED


def test_the_same_content_is_the_same_job_and_the_same_answer(bench: Bench) -> None:
    first = send(bench, "departments", [*DEPARTMENTS, {"id": 3}])
    again = send(bench, "departments", {"rows": [*DEPARTMENTS, {"id": 3}]})
    assert (first.created, again.created) == (True, False)
    assert (again.view, again.rejected) == (first.view, first.rejected)
    assert len(first.rejected) == 1


def test_the_same_rows_for_another_table_are_another_job(bench: Bench) -> None:
    rows = [{"id": 1, "department": "Sales", "job": "Clerk"}]
    first, second = send(bench, "departments", rows), send(bench, "jobs", rows)
    assert first.view.job.job_id != second.view.job.job_id
    assert (bench.rows("departments"), bench.rows("jobs")) == ([DEPARTMENTS[0]], [{"id": 1, "job": "Clerk"}])


def test_a_file_of_the_table_is_taken_under_any_name(bench: Bench) -> None:
    ingested = send_file(bench, "departments", b"1;Sales\n2.0;Legal\n", "jobs.csv")
    assert ingested.view.job.state is JobState.SUCCEEDED
    assert bench.rows("departments") == DEPARTMENTS


def test_a_large_file_is_queued_like_any_other(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(small_batch_threshold=1)
    ingested = send_file(bench, "departments", b"1,Sales\n2,Legal\n")
    assert ingested.view.job.state is JobState.ROUTED
    assert [message.job_id for message in bench.messages(LARGE_QUEUE)] == [ingested.view.job.job_id]


def test_no_more_rows_come_in_a_request_than_the_setting_says(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(max_ingest_rows=2)
    assert send(bench, "departments", DEPARTMENTS).view.job.state is JobState.SUCCEEDED
    with pytest.raises(TooManyRowsError, match="holds 3 rows; one may hold 2"):
        send(bench, "departments", [*DEPARTMENTS, {"id": 3, "department": "X"}])
    with pytest.raises(InvalidRequestError, match="empty"):
        send(bench, "departments", [])


def test_a_file_that_cannot_be_read_is_kept_with_its_failed_job(bench: Bench) -> None:
    with pytest.raises(UnreadableFileError) as refused:
        send_file(bench, "departments", b"\x89PNG\r\n\x1a\n" + bytes(100), "departments.csv")
    assert bench.app.jobs.get(refused.value.details["jobId"]).job.state is JobState.FAILED


def test_rows_whose_references_lie_in_a_closed_warehouse_wait_for_it(bench: Bench) -> None:
    send(bench, "departments", DEPARTMENTS)
    send(bench, "jobs", JOBS)
    database_at(bench.warehouse_file)._drop()
    with held_by_another_process(bench.warehouse_file):
        waiting = send(bench, "hired_employees", [hire(1)]).view.job
        assert (waiting.state, waiting.waits_for_warehouse) == (JobState.ROUTED, True)
    assert bench.app.sweep().waiting == 1
    bench.work()
    assert bench.app.jobs.get(waiting.job_id).job.state is JobState.SUCCEEDED
    assert [row["id"] for row in bench.rows("hired_employees")] == [1]


def test_a_try_that_fails_is_left_to_the_queue(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("a fault of the program")

    with monkeypatch.context() as broken:
        broken.setattr(type(bench.app.process), "_work", fail)
        ingested = send(bench, "departments", DEPARTMENTS)
    assert ingested.view.job.state is JobState.ROUTED
    bench.work()
    assert bench.app.jobs.get(ingested.view.job.job_id).job.state is JobState.SUCCEEDED
    assert bench.rows("departments") == DEPARTMENTS


@pytest.mark.parametrize("first", range(4))
def test_whatever_line_the_process_dies_at_the_sweep_or_a_repeated_request_ends_the_job(
    make_bench: Callable[..., Bench], first: int
) -> None:
    for point in count(first, 16):
        bench = make_bench()
        app, fuse = bench.another_app(), Fuse(point, die)
        arm(app, fuse, lambda *_: None)
        with suppress(Died):
            send(bench, "departments", DEPARTMENTS, app=app)
        bench.later(11).sweep()
        bench.work()
        again = send(bench, "departments", DEPARTMENTS)
        assert again.view.job.state is JobState.SUCCEEDED, fuse.points[point]
        assert bench.rows("departments") == DEPARTMENTS, fuse.points[point]
        if not fuse.has_blown:
            break
