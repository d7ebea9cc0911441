"""Appointments over HTTP: two workbooks in one job, its quality, and the answers that are known of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.datasets.appointments.workbooks import DATA, HEADER, appointments, doctors

METRICS = {
    "id_completeness": (99.7073, 100, "critical", "fail"),
    "referential_integrity": (82.9268, 95, "warning", "warn"),
    "duplicate_rate": (0, 5, "warning", "pass"),
    "typing_success": (100, 100, "warning", "pass"),
}


@pytest.fixture(scope="module")
def job(api) -> dict[str, Any]:
    """The two workbooks in one job."""
    files = [("file", (path.name, path.read_bytes())) for path in sorted(DATA.glob("*.xlsx"))]
    receipt = api.http.post("/api/jobs", params={"dataset": "appointments"}, files=files)
    assert receipt.status_code == 202, receipt.text
    return api.follow(receipt.json()["jobId"])


def test_the_good_rows_are_loaded_whatever_the_metrics_say(job):
    assert job["state"] == "succeeded_with_rejects"
    assert {table: (one["read"], one["silver"], one["quarantined"]) for table, one in job["ledger"].items()} == {
        "doctors": (5, 5, 0),
        "appointments": (1025, 848, 177),
    }
    assert job["goldTables"] == {"dim_doctor": 5, "fact_appointments": 848, "agg_doctor_status": 10}


def test_the_metrics_are_exactly_those_known(api, job):
    quality = api.get(f"/api/jobs/{job['jobId']}/quality")
    assert {
        metric["name"]: (metric["value"], metric["threshold"], metric["severity"], metric["status"])
        for metric in quality["metrics"]
    } == METRICS


def test_the_findings_are_told_and_reject_nothing(api, job):
    years = api.get(f"/api/jobs/{job['jobId']}/rejects", outcome="flagged")
    assert len(years) == 330
    assert {reject["rule"] for reject in years} == {"plausible_years"}
    repaired = api.get(f"/api/jobs/{job['jobId']}/rejects", outcome="repaired", rule="integer_text")
    assert ("id", "37X", "37") in {(reject["column"], reject["value"], reject["key"]) for reject in repaired}


def test_the_answers_stand_with_the_job(api, job):
    answers = {answer["name"]: answer for answer in api.get(job["links"]["answers"])}
    assert answers["top_doctor"]["rows"] == [
        {"doctor_id": 100, "name": "Dr. Pérez", "specialty": "Vein", "confirmed": 165}
    ]
    assert len(answers["patient_history"]["rows"]) == 15
    assert answers["cancelled_between"]["parameters"] == {"start_date": "2025-10-21", "end_date": "2025-10-24"}
    assert answers["cancelled_between"]["rows"] == [{"cancelled": 67}]
    assert [row["confirmed"] for row in answers["confirmed_per_doctor"]["rows"]] == [165, 139, 133, 128, 114]


def test_the_questions_can_be_asked_again_with_other_parameters(api, job):
    (cancelled,) = api.get("/api/queries/cancelled_between", start_date="2021-01-01", end_date="2024-12-31")
    assert cancelled == {"cancelled": 0}
    assert len(api.get("/api/queries/patient_history", patient_id=34)) == 15
    rows = api.get("/api/queries/confirmed_per_doctor")
    assert {row["specialty"]: row["specialty_confirmed_percent"] for row in rows} == {"Vein": 81.2268, "Pain": 78.0645}
    wrong = api.http.get("/api/queries/cancelled_between", params={"start_date": "yesterday"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid_parameter")


def test_nobody_can_read_a_patients_number_in_gold(api, job):
    patients = {row["patient_id"] for row in api.get("/api/tables/fact_appointments", columns="patient_id", limit=2000)}
    assert all(len(token) == 32 for token in patients)


@pytest.mark.parametrize("missing", ["booking_id", "status"])
def test_a_workbook_without_a_mandatory_column_is_refused_as_a_whole(api, job, missing):
    header = [name for name in HEADER if name != missing]
    files = [("file", (file.filename, file.data)) for file in (doctors(100), appointments({}, header=header))]
    answer = api.http.post("/api/jobs", params={"dataset": "appointments"}, files=files)
    assert (answer.status_code, answer.json()["code"]) == (422, "missing_columns")
    assert missing in answer.json()["detail"]
    assert api.get("/api/tables/dim_doctor", columns="doctor_id", orderBy="doctor_id") == [
        {"doctor_id": number} for number in (100, 101, 102, 103, 104)
    ]
