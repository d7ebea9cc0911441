"""What the contract makes of single faults, in the words that a sender reads."""

import csv
import io

import pytest

from shared.frames.engine import get_engine
from shared.medallion.bronze import SourceFile
from tests.outcome import outcome

DEPARTMENTS = SourceFile("departments.csv", b"1,Sales\n2,Legal\n2,Again\n3,\n", "departments")
JOBS = SourceFile("jobs.csv", b"id;job\n7;Clerk\n", "jobs")
GOOD = ["5", "Ann", "2021-05-30T05:43:46Z", "1", "7"]
PLACES = {"id": 0, "name": 1, "datetime": 2, "department_id": 3, "job_id": 4}


def hires(*rows: list[str]) -> SourceFile:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return SourceFile("hired_employees.csv", text.getvalue().encode(), "hired_employees")


def verdicts(*rows: list[str]) -> list[dict]:
    result = outcome("hiring", get_engine("pyarrow"), hires(*rows), DEPARTMENTS, JOBS)
    return result.verdicts["hired_employees"].to_pylist()


def changed(**cells: str) -> list[str]:
    row = list(GOOD)
    for name, value in cells.items():
        row[PLACES[name]] = value
    return row


@pytest.mark.parametrize(
    ("cells", "rule", "message"),
    [
        ({"name": " "}, "required", "Name is missing."),
        ({"datetime": ""}, "required", "Time of hire is missing."),
        ({"datetime": "2021-05-30T05 43 46Z"}, "type", "Time of hire is not a date that exists, written like 2026"),
        ({"datetime": "2021-05-30T05:43:46"}, "type", "Time of hire is not a date that exists"),
        ({"datetime": "2021-05-30"}, "type", "Time of hire is not a date that exists"),
        ({"datetime": "2021-02-29T05:43:46Z"}, "type", "Time of hire is not a date that exists"),
        ({"department_id": "one"}, "type", "Department number of the hire is not a whole number"),
        ({"department_id": "1.5"}, "type", "Department number of the hire is not a whole number"),
        ({"department_id": "9"}, "reference", "Department number of the hire names no accepted row of Department."),
        ({"department_id": "3"}, "reference", "Department number of the hire names no accepted row of Department."),
        ({"job_id": "70"}, "reference", "Job number of the hire names no accepted row of Job."),
    ],
)  # fmt: skip
def test_a_faulty_row_is_kept_with_its_reason_in_plain_words(cells, rule, message):
    (verdict,) = verdicts(changed(**cells))
    assert (verdict["outcome"], verdict["column"], verdict["rule"]) == ("quarantined", *cells, rule)
    assert verdict["message"].startswith(message)
    assert (verdict["_file"], verdict["_row_no"]) == ("hired_employees.csv", 1)


def test_a_number_may_come_as_a_fraction_of_noughts_wherever_it_stands():
    found = verdicts(changed(id="5.0", department_id="1.0", job_id="7."))
    assert sorted((row["column"], row["outcome"], row["value"]) for row in found) == [
        ("department_id", "repaired", "1.0"),
        ("id", "repaired", "5.0"),
        ("job_id", "repaired", "7."),
    ]


def test_the_first_row_of_a_number_is_kept_however_it_is_written():
    found = verdicts(GOOD, changed(id="6"), changed(id="5.0"))
    (repeated,) = [row for row in found if row["outcome"] == "duplicate"]
    assert (repeated["_row_no"], repeated["repeats_row_no"]) == (3, 1)


def test_the_order_of_the_files_does_not_matter():
    files = [hires(GOOD), JOBS, DEPARTMENTS]
    for order in (files, files[::-1]):
        assert outcome("hiring", get_engine("pyarrow"), *order).silver["hired_employees"].num_rows == 1
