"""Rules between tables: what becomes of a value that names nothing, and of a row that breaks others too."""

import pytest

from shared.frames.engine import Engine
from tests.judging import Judged, judge

DOCTORS = """
  - name: doctor
    label: Doctor
    key: [id]
    columns:
      id: {label: "Doctor number", type: integer, required: true}
"""
VISITS = """
  - name: visit
    label: Visit
    key: [id]
    columns:
      id:      {label: "Visit number", required: true}
      doctor:  {label: "Doctor of the visit", type: integer}
      patient: {label: "Patient", required: true}
    rules:
      - {id: doctor-exists, column: doctor, references: doctor.id, on_fail: ON_FAIL}
"""
RECORDS = (
    {"doctor": {"id": 1}, "visit": {"id": "a", "doctor": "1.0", "patient": "p"}},
    {"doctor": {"id": "x"}, "visit": {"id": "b", "doctor": 9, "patient": "p"}},
    {"visit": {"id": "c", "doctor": 9}},
    {"visit": {"id": "d", "doctor": "nobody", "patient": "p"}},
    {"visit": {"id": "e", "patient": "p"}},
    {"visit": {"id": "a", "doctor": 9, "patient": "p"}},
)


def visits(on_fail: str, engine: Engine) -> Judged:
    return judge(DOCTORS + VISITS.replace("ON_FAIL", on_fail), engine, *RECORDS)


def test_a_reference_to_nothing_is_listed_with_all_else_that_is_wrong_with_its_row(engine: Engine):
    judged = visits("quarantine", engine)
    assert [row["id"] for row in judged.accepted["visit"]] == ["a", "e"]
    assert {row["_row_no"]: (row["column"], row["rule"], row["also"]) for row in judged.verdicts["visit"]} == {
        2: ("doctor", "reference", "doctor:reference,"),
        3: ("patient", "required", "patient:required,doctor:reference,"),
        4: ("doctor", "type", "doctor:type,"),
        6: ("id", "duplicate", "doctor:reference,"),
    }


def test_integrity_counts_all_rows_that_were_read_but_not_what_is_no_reference(engine: Engine):
    rule = visits("quarantine", engine).rules["doctor-exists"]
    assert (rule.broken, rule.judgement.value) == (3, 50.0)
    assert rule.message == "Doctor of the visit names no accepted row of Doctor."


@pytest.mark.parametrize(("on_fail", "outcome", "kept"), [("flag", "flagged", 9), ("null", "nulled", None)])
def test_a_reference_to_nothing_may_be_kept_or_left_empty(on_fail: str, outcome: str, kept: int | None, engine: Engine):
    judged = visits(on_fail, engine)
    assert {row["id"]: row["doctor"] for row in judged.accepted["visit"]} == {"a": 1, "b": kept, "e": None}
    assert judged.told("visit") == [
        (2, outcome, "doctor", "reference"),
        (3, "quarantined", "patient", "required"),
        (4, "quarantined", "doctor", "type"),
        (6, "duplicate", "id", "duplicate"),
    ]
    assert judged.rules["doctor-exists"].broken == 1
