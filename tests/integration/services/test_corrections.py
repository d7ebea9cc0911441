"""Rejected rows go out in a workbook, are corrected there, and come back as a job of their own."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook

from shared.domain.job import JobState
from shared.domain.ledger import totals, unbalanced
from shared.errors import ConflictError, GoneError
from shared.services.receive import Upload
from tests.datasets.claims.reports import DEFECTIVE, page
from tests.datasets.ecommerce.records import record

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from devkit.azurite.server import Azurite
    from shared.services.correct import Correction
    from tests.integration.services.conftest import Bench

NAMES = ("departments.csv", "jobs.csv", "hired_employees.csv")
DEPARTMENTS, JOBS = b"id;department;note\r\n1;Sales;=1+1\r\n;Legal;+2\r\nx;Post;-3\r\n", b"7,Clerk\n"
HIRES = b"1,Ann,2021-05-30T05:43:46Z,1,7\n2,Bob,2021-05-30T05:43:46Z,9,7\n3,,noon,1,7\n4,Di,2021-05-30T05:43:46Z,1\n"


def workbook_of(bench: Bench, job_id: str) -> Workbook:
    return load_workbook(io.BytesIO(bench.app.rejection_workbook(job_id)))


def saved(book: Workbook) -> io.BytesIO:
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def send(bench: Bench, job_id: str, book: Workbook) -> Correction:
    correction = bench.app.correct(job_id, Upload("corrected.xlsx", saved(book)))
    bench.work()
    return correction


def cell(page: Worksheet, row: int, column: str) -> Any:
    """The cell of a row under a name of a column."""
    names = [one.value for one in page[1]]
    return page.cell(row, names.index(column) + 1)


def hires(bench: Bench) -> str:
    return bench.run(DEPARTMENTS, JOBS, HIRES, names=NAMES, dataset="hiring").job.job_id


def test_rows_corrected_in_the_workbook_all_reach_the_warehouse(bench: Bench) -> None:
    job_id = hires(bench)
    book = workbook_of(bench, job_id)
    cell(book["departments"], 2, "id").value = 9
    cell(book["departments"], 3, "id").value = "3"
    page = book["hired_employees"]
    assert [cell(page, row, "id").value for row in (2, 3, 4)] == ["2", "3", "4"]
    cell(page, 3, "name").value, cell(page, 3, "datetime").value = "Cy", "2021-06-01T12:00:00Z"
    cell(page, 4, "job_id").value = 7
    correction = send(bench, job_id, book)
    assert (correction.changed, correction.along, correction.unchanged) == (4, 1, 0)
    assert correction.receipt is not None
    view = bench.app.jobs.get(correction.receipt.job.job_id)
    assert view.job.state is JobState.SUCCEEDED, bench.app.jobs.rejects(view.job.job_id)
    assert (view.job.corrects, view.job.parent_job_id) == (job_id, job_id)
    assert view.job.as_of == bench.app.jobs.get(job_id).job.as_of
    assert {table: (one.read, one.silver) for table, one in view.ledger.items()} == {
        "departments": (2, 2),
        "jobs": (0, 0),
        "hired_employees": (3, 3),
    }
    assert view.gold_rows == {"departments": 2, "jobs": 0, "hired_employees": 3}
    assert [row["department"] for row in bench.rows("departments")] == ["Sales", "Post", "Legal"]
    assert sorted(row["name"] for row in bench.rows("hired_employees")) == ["Ann", "Bob", "Cy", "Di"]


def test_nested_records_are_corrected_object_by_object_and_what_refers_to_them_comes_along(
    bench: Bench, azurite: Azurite, tmp_path: Path
) -> None:
    sound = [record(1), record(2), record(3)]
    dirty = [
        record(1),
        record(2, user={"birth_of_date": "soon", "password": "hush"}, category={"name": None}),
        record(3, products_sku={"price": "12,50"}, payment={"status": "paid"}),
    ]
    job_id = bench.run(json.dumps(dirty).encode()).job.job_id
    assert len(bench.rows("dw_orders")) == 1
    book = workbook_of(bench, job_id)
    assert cell(book["user"], 2, "password").value == "(not shown)"
    cell(book["user"], 2, "birth_of_date").value = "2000-01-16"
    cell(book["category"], 2, "name").value = " Toys "
    cell(book["products_sku"], 3, "price").value = 10.005
    cell(book["payment"], 2, "status").value = "Success"
    correction = send(bench, job_id, book)
    assert correction.changed == 4
    assert correction.receipt is not None
    view = bench.app.jobs.get(correction.receipt.job.job_id)
    assert view.job.state is JobState.SUCCEEDED, bench.app.jobs.rejects(view.job.job_id)
    assert not unbalanced(view.ledger)
    assert totals(view.ledger).read == 4 + correction.along
    other = type(bench)(azurite, tmp_path / "other")
    other.run(json.dumps(sound).encode())
    for table in ("dw_users", "dw_locations", "dw_products", "dw_orders", "dw_user_metrics", "dw_category_metrics"):
        assert bench.rows(table) == other.rows(table), table


def test_a_correction_adds_to_a_table_that_other_jobs_replace(bench: Bench) -> None:
    doctors = b"doctor_id,name,specialty\n1,Ann,Skin\n,Bob,Heart\n"
    booked = b"booking_id,patient_id,doctor_id,booking_date,status\n7,3,1,2025-10-01,confirmed\n8,3,2,soon,cancelled\n"
    names = ("doctors.csv", "appointments.csv")
    job_id = bench.run(doctors, booked, names=names, dataset="appointments").job.job_id
    book = workbook_of(bench, job_id)
    cell(book["doctors"], 2, "doctor_id").value = 2
    cell(book["appointments"], 2, "booking_date").value = "2025-10-02"
    correction = send(bench, job_id, book)
    assert correction.receipt is not None
    assert bench.app.jobs.get(correction.receipt.job.job_id).job.state is JobState.SUCCEEDED
    assert [row["doctor_id"] for row in bench.rows("dim_doctor")] == [1, 2]
    assert [row["doctor_id"] for row in bench.rows("fact_appointments")] == [1, 2]


def test_a_correction_may_be_corrected_again_and_builds_on_those_before(bench: Bench) -> None:
    job_id = hires(bench)
    book = workbook_of(bench, job_id)
    cell(book["departments"], 2, "id").value = "nine"
    first = send(bench, job_id, book)
    assert first.receipt is not None
    second_id = first.receipt.job.job_id
    assert bench.app.jobs.get(second_id).job.state is JobState.FAILED
    book = workbook_of(bench, second_id)
    assert [one.value for one in book["departments"][2]][3:] == ["nine", "Legal", "+2"]
    cell(book["departments"], 2, "id").value = 9
    second = send(bench, second_id, book)
    assert second.receipt is not None
    view = bench.app.jobs.get(second.receipt.job.job_id)
    assert (view.job.state, view.job.corrects, view.job.parent_job_id) == (JobState.SUCCEEDED, second_id, job_id)
    assert bench.app.process.records.intake(view.job.job_id).builds_on == (job_id,)
    third = workbook_of(bench, job_id)
    cell(third["hired_employees"], 2, "name").value = "Rob"
    correction = send(bench, job_id, third)
    assert correction.receipt is not None
    assert bench.app.jobs.get(correction.receipt.job.job_id).job.state is JobState.SUCCEEDED
    assert [row["name"] for row in bench.rows("hired_employees")] == ["Ann", "Rob"]


def test_the_same_corrections_again_are_the_same_job_and_the_workbook_is_kept_as_it_came(bench: Bench) -> None:
    job_id = hires(bench)
    book = workbook_of(bench, job_id)
    cell(book["departments"], 3, "id").value = "3"
    sent = saved(book)
    first = bench.app.correct(job_id, Upload("a.xlsx", sent)).receipt
    again = bench.app.correct(job_id, Upload("b.xlsx", saved(book))).receipt
    assert first is not None
    assert again is not None
    assert (first.created, again.created) == (True, False)
    assert first.job.job_id == again.job.job_id
    bronze = bench.app.settings.bronze_container
    kept = list(bench.app.blobs.list(bronze, f"admin/{job_id}/{first.job.job_id}/"))
    assert [path.rpartition("/")[2] for path in kept] == ["corrections.xlsx", "departments (corrected).csv"]
    assert load_workbook(io.BytesIO(bench.app.blobs.get(bronze, kept[0])))["departments"]["D3"].value == "3"


def test_a_job_of_which_no_row_was_good_can_be_corrected(bench: Bench) -> None:
    view = bench.run(b"id,department\n,Sales\n,Legal\n", names=("departments.csv",), dataset="hiring")
    assert view.job.state is JobState.FAILED
    book = workbook_of(bench, view.job.job_id)
    cell(book["departments"], 2, "id").value = 1
    send(bench, view.job.job_id, book)
    assert [row["id"] for row in bench.rows("departments")] == [1]


def test_a_workbook_that_was_out_while_its_job_was_replayed_corrects_the_replay(bench: Bench) -> None:
    job_id = hires(bench)
    book = workbook_of(bench, job_id)
    cell(book["departments"], 3, "id").value = "3"
    replay = bench.app.replay(job_id, "ann").job.job_id
    bench.work()
    with pytest.raises(ConflictError) as refused:
        send(bench, job_id, book)
    assert refused.value.details["by"] == replay
    assert send(bench, replay, book).changed == 1
    assert {row["id"] for row in bench.rows("departments", "id")} == {1, 3}


def test_jobs_whose_rows_do_not_count_or_are_gone_are_refused(bench: Bench) -> None:
    job_id = hires(bench)
    book = workbook_of(bench, job_id)
    cell(book["departments"], 3, "id").value = "3"
    bench.run(DEPARTMENTS, JOBS, HIRES, names=NAMES, dataset="hiring", force=True)
    with pytest.raises(ConflictError) as refused:
        send(bench, job_id, book)
    assert refused.value.code == "not_correctable"
    bench.app.delete(job_id, "admin")
    for ask in (lambda: bench.app.rejection_workbook(job_id), lambda: send(bench, job_id, book)):
        with pytest.raises(GoneError):
            ask()
    waiting = bench.receive(b"id,department\n1,Sales\n", names=("departments.csv",), dataset="hiring").job.job_id
    with pytest.raises(ConflictError) as early:
        bench.app.rejection_workbook(waiting)
    assert early.value.code == "not_judged"


def test_an_untouched_workbook_adds_nothing(bench: Bench) -> None:
    job_id = hires(bench)
    before = bench.paths("bronze", "silver", "gold", "manifests")
    correction = send(bench, job_id, workbook_of(bench, job_id))
    assert (correction.receipt, correction.changed, correction.unchanged) == (None, 0, 5)
    assert bench.paths("bronze", "silver", "gold", "manifests") == before


def test_claims_of_a_page_are_corrected_and_their_messages_come_along(bench: Bench) -> None:
    job_id = bench.run(page(DEFECTIVE), names=("report.html",), dataset="claims").job.job_id
    book = workbook_of(bench, job_id)
    sheet = book["claims"]
    for row in range(2, sheet.max_row + 1):
        for name, right in (("paid", "$1.00"), ("billed", "$1.00"), ("service_date", "2031-01-30")):
            wrong = cell(sheet, row, name)
            if wrong.value in (None, "N/A", "2031-13-45"):
                wrong.value = right
    correction = send(bench, job_id, book)
    assert (correction.changed, correction.along, correction.unchanged) == (6, 3, 0)
    assert correction.receipt is not None
    view = bench.app.jobs.get(correction.receipt.job.job_id)
    assert {table: (one.read, one.silver) for table, one in view.ledger.items()} == {
        "claims": (6, 6),
        "claim_messages": (3, 3),
    }
    assert sorted(claim["row"] for claim in bench.rows("fact_claims", "row")) == list(range(1, 201))
    assert len(bench.rows("fact_claim_messages", "row")) == 149
