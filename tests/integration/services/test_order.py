"""Jobs count in the order in which their files were sent: what is worked on again does not undo what came after it."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook

from shared.domain.job import JobState
from shared.errors import ConflictError
from shared.ports import Selection
from shared.services.receive import JobRequest, Upload

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.services.correct import Correction
    from shared.services.ingest import Ingested
    from tests.integration.services.conftest import Bench

DOCTORS = b"doctor_id,name,specialty\n100,Dr. Ng,Heart\n101,Dr. Abe,Skin\n,Dr. Who,Time\n"
HEADER = b"booking_id,patient_id,doctor_id,booking_date,status\n"
OLDER = HEADER + b"1,34,100,2025-10-21,confirmed\n2,,100,2025-10-22,confirmed\n"
LATER = HEADER + b"3,36,100,2025-10-23,confirmed\n"


def sent(bench: Bench, **files: bytes) -> str:
    names = tuple(f"{table}.csv" for table in files)
    return bench.run(*files.values(), names=names, dataset="appointments").job.job_id


def bookings(bench: Bench) -> list[int]:
    return [row["booking_id"] for row in bench.rows("fact_appointments", "booking_id")]


def doctors(bench: Bench) -> list[str]:
    return [row["name"] for row in bench.rows("dim_doctor", "doctor_id", "name")]


def published_note(bench: Bench, job_id: str) -> str | None:
    return next(event.note for event in bench.app.jobs.get(job_id).timeline if event.state == "published")


def replay(bench: Bench, job_id: str) -> str:
    made = bench.app.replay(job_id, "ann").job.job_id
    bench.work()
    return made


def ingest(bench: Bench, table: str, *rows: dict[str, Any]) -> Ingested:
    upload = Upload("rows.json", io.BytesIO(json.dumps(rows).encode()))
    return bench.app.ingest(JobRequest("admin", "appointments", (upload,)), table, rows=True)


def booking(number: int, **changes: Any) -> dict[str, Any]:
    row = {
        "booking_id": number,
        "patient_id": 34,
        "doctor_id": 101,
        "booking_date": "2025-10-24",
        "status": "confirmed",
    }
    return row | changes


def correct(bench: Bench, job_id: str, *cells: tuple[str, str, Any]) -> Correction:
    """Send a job's workbook back with cells of the second row of a sheet corrected."""
    book = load_workbook(io.BytesIO(bench.app.rejection_workbook(job_id)))
    for sheet, column, value in cells:
        page = book[sheet]
        page.cell(2, [cell.value for cell in page[1]].index(column) + 1).value = value
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    correction = bench.app.correct(job_id, Upload("corrected.xlsx", stream))
    bench.work()
    return correction


@pytest.fixture
def older(bench: Bench) -> str:
    """A job of two doctors and an appointment, with a rejected row in each table."""
    return sent(bench, doctors=DOCTORS, appointments=OLDER)


@pytest.fixture
def later(bench: Bench, older: str) -> str:
    """A later job that has replaced the appointments."""
    return sent(bench, appointments=LATER)


def test_a_retry_loads_behind_what_was_sent_after_it_and_says_so(bench: Bench) -> None:
    sent(bench, doctors=DOCTORS)
    stopped = bench.receive(OLDER, names=("appointments.csv",), dataset="appointments").job.job_id
    bench.app.stop(stopped, "ann")
    sent(bench, appointments=LATER)
    bench.app.retry(stopped)
    bench.work()
    assert bookings(bench) == [3]
    told = "Rows that jobs sent later have brought or replaced were left as they are: 1 of fact_appointments."
    assert published_note(bench, stopped) == told


def test_a_job_of_which_nothing_would_count_is_not_replayed(bench: Bench, older: str, later: str) -> None:
    of_appointments = sent(bench, doctors=DOCTORS.replace(b"Dr. Who", b"Dr. No"))
    with pytest.raises(ConflictError) as refused:
        bench.app.replay(older, "ann")
    assert refused.value.code == "replaced_since"
    assert refused.value.details == {"by": of_appointments, "tables": ["dim_doctor", "fact_appointments"]}
    assert "force" in refused.value.advice
    rehearsal = bench.app.rehearse(older)
    assert rehearsal.refusal is not None
    assert (rehearsal.refusal.code, rehearsal.released) == ("replaced_since", ())


def test_of_a_job_that_is_overtaken_in_part_a_replay_brings_the_rest(bench: Bench, older: str, later: str) -> None:
    assert bench.app.rehearse(older).refusal is None
    made = replay(bench, older)
    assert (bookings(bench), doctors(bench)) == ([3], ["Dr. Ng", "Dr. Abe"])
    assert {row["_job_id"] for row in bench.app.explore.read("dim_doctor", Selection()).to_pylist()} == {made}
    assert "1 of fact_appointments" in (published_note(bench, made) or "")


def test_once_the_later_job_is_deleted_the_older_can_be_replayed(bench: Bench, older: str, later: str) -> None:
    bench.app.delete(later, "ann")
    assert bookings(bench) == []
    replay(bench, older)
    assert bookings(bench) == [1]


def test_force_makes_files_the_latest(bench: Bench, older: str, later: str) -> None:
    bench.run(OLDER, names=("appointments.csv",), dataset="appointments", force=True)
    assert bookings(bench) == [1]


def test_a_correction_of_rows_that_were_replaced_since_is_refused(bench: Bench, older: str, later: str) -> None:
    with pytest.raises(ConflictError) as refused:
        correct(bench, older, ("appointments", "patient_id", "7"))
    assert (refused.value.code, refused.value.details["by"]) == ("replaced_since", later)
    corrected = correct(bench, older, ("doctors", "doctor_id", "102"))
    assert corrected.receipt is not None
    assert (bookings(bench), doctors(bench)) == ([3], ["Dr. Ng", "Dr. Abe", "Dr. Who"])


def test_a_replay_keeps_what_was_corrected_and_ingested_after_the_job(bench: Bench, older: str) -> None:
    correct(bench, older, ("appointments", "patient_id", "7"))
    ingest(bench, "appointments", booking(1), booking(9))
    replay(bench, older)
    assert bookings(bench) == [1, 2, 9]
    assert bench.rows("fact_appointments", "booking_id", "doctor_id")[0]["doctor_id"] == 101, "as it was ingested"


def test_ingested_rows_are_added_to_a_table_that_files_replace(bench: Bench, older: str) -> None:
    ingested = ingest(bench, "appointments", booking(5), booking(6, doctor_id=999))
    assert [(row.key, row.rule) for row in ingested.rejected] == [("6", "reference")]
    assert bookings(bench) == [1, 5]
    assert ingest(bench, "doctors", {"doctor_id": 7, "name": "Dr. New"}).view.job.state is JobState.SUCCEEDED
    assert doctors(bench) == ["Dr. Ng", "Dr. Abe", "Dr. New"]
    sent(bench, appointments=LATER)
    assert bookings(bench) == [3], "a file replaces what was ingested before"


def test_a_file_means_something_else_where_it_is_ingested(bench: Bench, older: str) -> None:
    request = JobRequest("admin", "appointments", (Upload("appointments.csv", io.BytesIO(LATER)),))
    added = bench.app.ingest(request, "appointments").view.job.job_id
    assert bookings(bench) == [1, 3]
    assert bench.run(LATER, names=("appointments.csv",), dataset="appointments", as_of=None).job.job_id != added
    assert bookings(bench) == [3]


def test_a_replay_leaves_later_rows_of_equal_key(bench: Bench, revise: Callable[..., None]) -> None:
    first = bench.run(b"id,department\n1,Sales\n2,Legal\n", dataset="hiring", names=("departments.csv",)).job.job_id
    bench.run(b"id,department\n2,Law\n3,\n", dataset="hiring", names=("departments.csv",))
    revise("hiring", ('label: "Department name", required: true', 'label: "Department name"'))
    replay(bench, first)
    assert bench.rows("departments") == [{"id": 1, "department": "Sales"}, {"id": 2, "department": "Law"}]
