"""What the contract makes of single faults, in the words that a sender reads."""

from datetime import datetime

import pyarrow as pa
import pytest

from shared.errors import UnreadableFileError
from shared.frames.engine import get_engine
from tests.datasets.appointments.workbooks import GOOD, HEADER, appointments, doctors
from tests.outcome import Outcome, outcome


def judged(*rows: dict) -> Outcome:
    return outcome("appointments", get_engine("pyarrow"), appointments(*rows), doctors(100))


@pytest.mark.parametrize(
    ("cells", "rule", "message"),
    [
        ({"patient_id": " "}, "required", "Patient number is missing."),
        ({"doctor_id": None}, "required", "Doctor number of the appointment is missing."),
        ({"booking_date": ""}, "required", "Booking date is missing."),
        ({"patient_id": "8.5"}, "type", "Patient number is not a whole number"),
        ({"patient_id": "-34"}, "range", "Patient number must be at least 0."),
        ({"booking_date": "31/10/2025"}, "type", "Booking date is not a date that exists, written like 2026-01-31 or"),
        ({"booking_date": "02/29/2025"}, "type", "Booking date is not a date that exists"),
        ({"doctor_id": 105}, "reference", "Doctor number of the appointment names no accepted row of Doctor."),
    ],
)
def test_a_faulty_row_is_kept_with_its_reason_in_plain_words(cells, rule, message):
    (verdict,) = judged(cells, {}).verdicts["appointments"].to_pylist()
    assert (verdict["outcome"], verdict["column"], verdict["rule"]) == ("quarantined", *cells, rule)
    assert verdict["message"].startswith(message)
    assert (verdict["_file"], verdict["_row_no"]) == ("appointments.xlsx", 2)


@pytest.mark.parametrize(
    ("written", "number"),
    [("37X", 37), ("34.0", 34), ("34.", 34), ("340", 340), ("# 7", 7), (34.0, 34)],
)
def test_an_id_loses_what_no_number_has_but_never_its_point_first(written, number):
    assert judged({"patient_id": written}).silver["appointments"]["patient_id"].to_pylist() == [number]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2025-10-22", datetime(2025, 10, 22)),
        ("2025/10/22", datetime(2025, 10, 22)),
        ("10/22/2025", datetime(2025, 10, 22)),
        ("10/22/2025 08:30", datetime(2025, 10, 22, 8, 30)),
        ("01/01/0001", datetime(1, 1, 1)),
        ("9999-12-31", datetime(9999, 12, 31)),
        (45952, datetime(2025, 10, 22)),
    ],
)
def test_a_date_may_be_written_in_several_ways(written, day):
    assert judged({"booking_date": written}).silver["appointments"]["booking_date"].to_pylist() == [day]


def test_a_year_that_cannot_be_meant_is_told_and_kept():
    found = judged(*({"booking_date": f"10/24/{year}"} for year in (1999, 2000, 2025, 2026, 9999)))
    verdicts = found.verdicts["appointments"].to_pylist()
    assert [(row["key"], row["outcome"], row["value"]) for row in verdicts] == [
        ("1", "flagged", "10/24/1999"),
        ("4", "flagged", "10/24/2026"),
        ("5", "flagged", "10/24/9999"),
    ]
    assert (
        verdicts[0]["message"]
        == "The year of Booking date should be at least 2000 and at most 2025; the date was kept."
    )
    assert found.ledger["appointments"].silver == 5


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("Confirmed", "confirmed"),
        (" confirmed. ", "confirmed"),
        ("CONFIRMED!", "confirmed"),
        ("con-firmed", "confirmed"),
        ("canceled", "cancelled"),
        ("Cancelled by phone", "cancelled"),
        ("done", "unknown"),
        ("?", "unknown"),
        (None, "unknown"),
    ],
)
def test_a_status_is_known_by_its_letters(written, status):
    assert judged({"status": written}).silver["appointments"]["status"].to_pylist() == [status]


@pytest.mark.parametrize("column", HEADER)
def test_a_workbook_without_a_column_that_must_be_there_fails_as_a_whole(column):
    header = [name for name in HEADER if name != column]
    with pytest.raises(UnreadableFileError) as refused:
        outcome("appointments", get_engine("pyarrow"), appointments(GOOD, header=header), doctors(100))
    assert refused.value.code == "missing_columns"


def test_doctors_known_from_an_earlier_job_may_be_referred_to():
    known = {"doctors": pa.table({"id": pa.array([7], pa.int64())})}
    rows = [{"doctor_id": 7}, {"doctor_id": 100}]
    found = outcome("appointments", get_engine("pyarrow"), appointments(*rows), loaded=known)
    assert found.silver["appointments"]["doctor_id"].to_pylist() == [7]
