from __future__ import annotations

import pytest

from functions.http import authentication
from shared.domain.job import JobProblem, JobState
from shared.domain.ledger import Balance
from shared.domain.roles import Principal, Role
from shared.services.rehearse import Rehearsal, RuleChange
from tests.unit.functions.http.conftest import make_job

URL = "http://strata.test/api/jobs"
LEDGER = {"read": 3, "silver": 2, "quarantined": 1, "duplicate": 0, "skipped": 0}


@pytest.fixture
def replayable(app):
    app.jobs_by_id["a1b2c3"] = make_job(state=JobState.SUCCEEDED)
    app.jobs_by_id["d4e5f6"] = make_job(job_id="d4e5f6", replay_of="a1b2c3", supersedes="a1b2c3")


@pytest.mark.parametrize(("created", "status"), [(True, 202), (False, 200)])
@pytest.mark.usefixtures("replayable")
def test_a_replay_is_answered_as_the_job_that_it_is(client, app, created, status):
    app.created = created

    answer = client.post("/api/jobs/a1b2c3/replay")

    assert (answer.status_code, answer.headers["location"]) == (status, f"{URL}/d4e5f6")
    job = answer.json()
    assert (job["jobId"], job["replayOf"], job["supersedes"]) == ("d4e5f6", "a1b2c3", "a1b2c3")
    assert ("replay", "a1b2c3", "admin") in app.asked


@pytest.mark.usefixtures("replayable")
def test_a_dry_run_is_answered_with_counts_by_rule(client, app):
    change = RuleChange("users", "range", "Out of range", "age", "Age", "quarantined", 1)
    balance = Balance(read=3, silver=2, quarantined=1, duplicate=0)
    refusal = JobProblem("no_good_rows", "No row can be used, of 3 read.", "See why.")
    app.rehearsal = Rehearsal(app.jobs_by_id["a1b2c3"], 2, {}, {"users": balance}, (change, change), (), refusal)

    answer = client.post("/api/jobs/a1b2c3/replay?dry_run=true")

    told = {"table": "users", "rule": "range", "title": "Out of range", "column": "age", "label": "Age"}
    assert answer.status_code == 200
    assert answer.json() == {
        "dryRun": True,
        "jobId": "a1b2c3",
        "contractVersion": 1,
        "presentContractVersion": 2,
        "released": 2,
        "newlyRejected": 0,
        "releasedBy": [{**told, "outcome": "quarantined", "rows": 1}] * 2,
        "newlyRejectedBy": [],
        "ledgerBefore": {},
        "ledgerAfter": {"users": LEDGER},
        "refusal": {"code": refusal.code, "message": refusal.message, "advice": refusal.advice, "details": {}},
    }
    assert {question[0] for question in app.asked} == {"get", "rehearse"}


def test_a_misspelt_parameter_replays_nothing(client, app):
    answer = client.post("/api/jobs/a1b2c3/replay?dryrun=true")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")
    assert app.asked == []


@pytest.mark.parametrize(
    ("changes", "linked"),
    [
        ({"state": JobState.SUCCEEDED_WITH_REJECTS}, True),
        ({"state": JobState.FAILED}, True),
        ({"state": JobState.FAILED, "record_count": None}, False),
        ({"state": JobState.ROUTED}, False),
        ({"state": JobState.SUPERSEDED}, False),
        ({"state": JobState.DELETED}, False),
    ],
)
def test_a_job_that_can_be_replayed_links_to_it(client, app, changes, linked):
    app.jobs_by_id["a1b2c3"] = make_job(**changes)

    link = client.get("/api/jobs/a1b2c3").json()["links"]["replay"]

    assert link == (f"{URL}/a1b2c3/replay" if linked else None)


@pytest.mark.usefixtures("replayable")
def test_only_the_owner_and_admins_replay_a_job(client, app, monkeypatch):
    monkeypatch.setattr(authentication, "Principal", lambda *_: Principal("ann", Role.USER))

    for query in ("", "?dry_run=true"):
        assert client.post(f"/api/jobs/a1b2c3/replay{query}").json()["code"] == "unknown_job"
    assert {question[0] for question in app.asked} == {"get"}
