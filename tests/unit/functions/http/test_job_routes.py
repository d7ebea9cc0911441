from __future__ import annotations

import csv
import io
from unittest.mock import ANY

from functions.http import authentication
from shared.domain.job import JobProblem, JobState
from shared.domain.roles import Principal, Role
from shared.domain.verdicts import Outcome
from shared.ports import JobFilter
from tests.unit.functions.http.conftest import make_job


def test_a_job_is_answered_with_all_that_is_known_of_it(client):
    assert client.get("/api/jobs/a1b2c3").json() == {
        "jobId": "a1b2c3",
        "parentJobId": "a1b2c3",
        "jobName": None,
        "dataset": "ecommerce",
        "contractVersion": 1,
        "state": "received",
        "processingPath": "small_batch",
        "provisional": False,
        "recordCount": 3,
        "claimedCount": None,
        "asOf": "2026-01-31T08:00:00Z",
        "createdAt": "2026-01-31T08:00:00Z",
        "updatedAt": "2026-01-31T08:00:00Z",
        "attempt": 1,
        "files": [{"filename": "orders.json", "table": None, "records": 3, "size": 120, "sha256": "ab12"}],
        "routing": {"records": 3, "bytes": 120, "threshold": 10_000, "reason": ANY},
        "ledger": {"users": {"read": 3, "silver": 1, "quarantined": 1, "duplicate": 1, "skipped": 0}},
        "goldTables": {"dw_users": 1},
        "timeline": [
            {"state": "received", "at": "2026-01-31T08:00:00Z", "ms": 12, "note": None},
            {"state": "routed", "at": "2026-01-31T08:00:00Z", "ms": 1, "note": "small"},
        ],
        "expectedStart": None,
        "error": None,
        "stopRequested": False,
        "deletion": None,
        "links": {
            "self": "http://strata.test/api/jobs/a1b2c3",
            "quality": "http://strata.test/api/jobs/a1b2c3/quality",
            "rejects": "http://strata.test/api/jobs/a1b2c3/rejects",
            "answers": None,
            "exports": None,
            "workbook": None,
            "corrections": None,
            "retry": "http://strata.test/api/jobs/a1b2c3/retry",
            "replay": None,
            "runNow": None,
            "stop": "http://strata.test/api/jobs/a1b2c3/stop",
            "delete": None,
        },
        "supersedes": None,
        "supersededBy": None,
        "replayOf": None,
        "corrects": None,
    }


def test_a_job_names_the_one_it_replaced_and_the_one_that_replaced_it(client, app):
    app.jobs_by_id["a1b2c3"] = make_job(supersedes="before", superseded_by="after")

    job = client.get("/api/jobs/a1b2c3").json()

    assert (job["supersedes"], job["supersededBy"]) == ("before", "after")


def test_a_failed_job_says_why(client, app):
    problem = JobProblem("no_good_rows", "No row is good.", "Look.", {"rows": 3})
    app.jobs_by_id["a1b2c3"] = make_job(state=JobState.FAILED, problem=problem)
    assert client.get("/api/jobs/a1b2c3").json()["error"] == {
        "code": "no_good_rows",
        "message": "No row is good.",
        "advice": "Look.",
        "details": {"rows": 3},
    }


def test_jobs_are_listed_in_pages(client):
    answer = client.get("/api/jobs").json()

    assert [job["jobId"] for job in answer["jobs"]] == ["a1b2c3"]
    assert answer["next"] == "next-page"


def test_jobs_are_filtered_by_what_the_request_names(client, app):
    client.get("/api/jobs?dataset=ecommerce&state=failed&path=small_batch&jobName=jan&parentJobId=p&limit=7&cursor=c")
    client.get("/api/jobs?name=jan")

    assert app.asked == [
        ("find", JobFilter("ecommerce", "failed", "small_batch", "p", None, "jan"), 7, "c"),
        ("find", JobFilter(name="jan"), 50, None),
    ]


def test_rejects_are_answered_with_reasons_and_what_a_duplicate_repeats(client):
    bad, repeated = client.get("/api/jobs/a1b2c3/rejects").json()

    assert bad == {
        "table": "users",
        "file": "orders.json",
        "row": 2,
        "outcome": "quarantined",
        "column": "email",
        "label": "E-mail",
        "rule": "email-form",
        "title": "Not an e-mail address",
        "severity": "warning",
        "value": "=nobody",
        "message": "'=nobody' is no e-mail address.",
        "howToFix": "Write it like name@example.org.",
        "key": "U2",
        "alsoFailed": ["age:range", "name:required"],
        "repeats": None,
    }
    assert repeated["repeats"] == {"file": "orders.json", "row": 1}


def test_rejects_come_as_csv_too(client):
    answer = client.get("/api/jobs/a1b2c3/rejects?format=csv")

    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert rows[0]["alsoFailed"] == "age:range, name:required"
    assert rows[0]["value"] == "=nobody"
    assert (rows[1]["repeatsFile"], rows[1]["repeatsRow"]) == ("orders.json", "1")


def test_rejects_are_filtered_and_paged(client, app):
    client.get("/api/jobs/a1b2c3/rejects?table=users&rule=email-form&outcome=quarantined&limit=5&offset=10")

    assert app.asked[-1] == ("rejects", "a1b2c3", "users", "email-form", "quarantined", {"limit": 5, "offset": 10})


def test_an_unknown_outcome_is_an_error_that_names_the_known_ones(client):
    answer = client.get("/api/jobs/a1b2c3/rejects?outcome=lost")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")
    for outcome in Outcome:
        assert f"'{outcome.value}'" in answer.json()["detail"]


def test_a_job_is_taken_up_again(client, app):
    answer = client.post("/api/jobs/a1b2c3/retry")

    assert answer.status_code == 202
    assert answer.json()["jobId"] == "a1b2c3"
    assert answer.headers["location"] == "http://strata.test/api/jobs/a1b2c3"
    assert ("retry", "a1b2c3") in app.asked


def test_an_unknown_job_is_404(client):
    for method, path in [("GET", ""), ("GET", "/rejects"), ("POST", "/retry")]:
        answer = client.request(method, f"/api/jobs/nobody{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_job")


def test_a_user_finds_and_sees_their_own_jobs_alone(client, app, monkeypatch):
    monkeypatch.setattr(authentication, "Principal", lambda *_: Principal("ann", Role.USER))

    client.get("/api/jobs")
    answer = client.get("/api/jobs/a1b2c3")

    assert app.asked[0][1] == JobFilter(user_id="ann")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_job")
    assert client.post("/api/jobs/a1b2c3/retry").status_code == 404
    assert ("retry", "a1b2c3") not in app.asked


def test_a_user_does_not_read_the_warehouse(client, monkeypatch):
    monkeypatch.setattr(authentication, "Principal", lambda *_: Principal("ann", Role.USER))

    assert client.get("/api/tables").json()["code"] == "forbidden"
    assert client.get("/api/queries").status_code == 403
