"""Tables that each job brings as a whole, and the answers that are kept with the job."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.domain.job import JobState
from shared.errors import GoneError, NotFoundError, UnreadableFileError

if TYPE_CHECKING:
    from tests.integration.services.conftest import Bench

DOCTORS = b"doctor_id,name,specialty\n100,Dr. Ng,Heart\n101,Dr. Abe,Skin\n"
HEADER = b"booking_id,patient_id,doctor_id,booking_date,status\n"
APPOINTMENTS = HEADER + b"1,34,100,2025-10-21,confirmed\n2,35,101,10/22/2025,cancelled\n"


def sent(bench: Bench, **files: bytes) -> str:
    names = tuple(f"{table}.csv" for table in files)
    return bench.run(*files.values(), names=names, dataset="appointments").job.job_id


def bookings(bench: Bench) -> list[int]:
    return [row["booking_id"] for row in bench.rows("fact_appointments", "booking_id")]


@pytest.fixture
def first(bench: Bench) -> str:
    """A job of two doctors and two appointments."""
    return sent(bench, doctors=DOCTORS, appointments=APPOINTMENTS)


def test_a_later_job_takes_the_place_of_all_rows(bench: Bench, first: str) -> None:
    later = HEADER + b"3,36,100,2025-10-23,confirmed\n"
    sent(bench, doctors=DOCTORS.replace(b"101,Dr. Abe,Skin\n", b""), appointments=later)
    assert bookings(bench) == [3]
    assert [row["doctor_id"] for row in bench.rows("dim_doctor")] == [100]
    assert [(row["doctor_id"], row["appointments"]) for row in bench.rows("agg_doctor_status")] == [(100, 1)]
    assert bench.app.jobs.get(first).job.state is JobState.SUCCEEDED, "its rows are gone, but it was no mistake"


def test_a_table_that_no_file_of_a_job_feeds_stays_and_can_be_referred_to(bench: Bench, first: str) -> None:
    job_id = sent(bench, appointments=HEADER + b"3,36,101,2025-10-23,confirmed\n4,36,102,2025-10-23,confirmed\n")
    assert bookings(bench) == [3]
    assert len(bench.rows("dim_doctor")) == 2
    (reject,) = bench.app.jobs.rejects(job_id)
    assert (reject.key, reject.column, reject.rule) == ("4", "doctor_id", "reference")


def test_rows_that_a_job_replaces_cannot_be_referred_to(bench: Bench, first: str) -> None:
    job_id = sent(
        bench,
        doctors=b"doctor_id,name,specialty\n101,Dr. Abe,Skin\n",
        appointments=HEADER + b"3,36,100,2025-10-23,confirmed\n",
    )
    assert bench.app.jobs.get(job_id).ledger["appointments"].quarantined == 1
    assert bookings(bench) == [1, 2], "a table of which no good row came is not replaced"


def test_what_the_queries_answer_after_a_job_is_kept_with_it(bench: Bench, first: str) -> None:
    sent(bench, appointments=HEADER + b"3,34,101,2025-10-23,cancelled\n")
    answers = {answer.name: answer for answer in bench.app.answers.of(bench.app.jobs.get(first).job)}
    assert list(answers) == ["top_doctor", "patient_history", "cancelled_between", "confirmed_per_doctor"]
    assert answers["top_doctor"].rows == [{"doctor_id": 100, "name": "Dr. Ng", "specialty": "Heart", "confirmed": 1}]
    assert answers["patient_history"].parameters == {"patient_id": "34"}
    assert [row["booking_date"] for row in answers["patient_history"].rows] == ["2025-10-21T00:00:00"]
    assert answers["cancelled_between"].rows == [{"cancelled": 1}]
    percents = {row["name"]: row["specialty_confirmed_percent"] for row in answers["confirmed_per_doctor"].rows}
    assert percents == {"Dr. Ng": 100, "Dr. Abe": 0}


def test_the_answers_go_with_a_job_that_is_deleted(bench: Bench, first: str) -> None:
    bench.app.delete(first, "admin")
    assert bookings(bench) == []
    with pytest.raises(GoneError):
        bench.app.answers.of(bench.app.jobs.get(first).job)
    assert not [path for path in bench.paths("manifests") if path.endswith("answers.json")]


def test_a_job_that_has_published_nothing_has_no_answers(bench: Bench) -> None:
    job_id = sent(bench, appointments=HEADER + b"1,34,100,2025-10-21,confirmed\n")
    job = bench.app.jobs.get(job_id).job
    assert job.state is JobState.FAILED
    with pytest.raises(NotFoundError) as missing:
        bench.app.answers.of(job)
    assert (missing.value.code, missing.value.details["state"]) == ("no_answers", "failed")


def test_a_file_without_a_column_that_must_be_there_loads_nothing_at_all(bench: Bench, first: str) -> None:
    without_status = b"booking_id,patient_id,doctor_id,booking_date\n3,34,102,2025-10-21\n"
    with pytest.raises(UnreadableFileError) as refused:
        sent(bench, doctors=DOCTORS + b"102,Dr. Roy,Skin\n", appointments=without_status)
    bench.work()
    assert (refused.value.code, refused.value.details["missing"]) == ("missing_columns", ["status"])
    assert bench.app.jobs.get(refused.value.details["jobId"]).job.state is JobState.FAILED
    assert (len(bench.rows("dim_doctor")), bookings(bench)) == (2, [1, 2])
