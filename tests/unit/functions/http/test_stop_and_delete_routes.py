from __future__ import annotations

import pytest

from functions.http import authentication
from shared.domain.deletion import Deletion
from shared.domain.job import JobState
from shared.domain.roles import Principal, Role
from shared.errors import ConflictError, GoneError
from tests.unit.functions.http.conftest import NOW, make_job

URL = "http://strata.test/api/jobs/a1b2c3"


@pytest.mark.parametrize(
    ("job", "status", "requested"),
    [
        (make_job(state=JobState.STOPPED), 200, False),
        (make_job(state=JobState.SILVER, stop_requested_by="admin"), 202, True),
    ],
)
def test_a_job_is_stopped_at_once_or_after_its_stage(client, app, job, status, requested):
    app.jobs_by_id["a1b2c3"] = job

    answer = client.post("/api/jobs/a1b2c3/stop")

    assert (answer.status_code, answer.json()["stopRequested"]) == (status, requested)
    assert ("stop", "a1b2c3", "admin") in app.asked


@pytest.mark.parametrize(("query", "bronze"), [("", False), ("?bronze=true", True), ("?bronze=false", False)])
def test_a_job_is_deleted_and_its_files_as_sent_only_when_asked_for(client, app, query, bronze):
    deletion = Deletion("ann", NOW, bronze=bronze, files={"silver": 3}, rows={"dw_users": 2})
    app.jobs_by_id["a1b2c3"] = make_job(state=JobState.DELETED, deletion=deletion)

    answer = client.request("DELETE", f"/api/jobs/a1b2c3{query}")

    assert answer.status_code == 200
    assert answer.json()["deletion"] == {
        "by": "ann",
        "at": "2026-01-31T08:00:00Z",
        "bronze": bronze,
        "files": {"silver": 3},
        "rows": {"dw_users": 2},
    }
    assert ("delete", "a1b2c3", "admin", bronze) in app.asked


def test_a_misspelt_parameter_deletes_nothing(client, app):
    answer = client.request("DELETE", "/api/jobs/a1b2c3?brnze=true")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")
    assert app.asked == []


@pytest.mark.parametrize(
    ("changes", "stop", "delete"),
    [
        ({"state": JobState.ROUTED}, f"{URL}/stop", None),
        ({"state": JobState.GOLD, "publishing": True}, None, None),
        ({"state": JobState.SUCCEEDED, "publishing": True}, None, URL),
        ({"state": JobState.STOPPED}, None, URL),
    ],
)
def test_a_job_links_to_what_its_state_allows(client, app, changes, stop, delete):
    app.jobs_by_id["a1b2c3"] = make_job(**changes)

    links = client.get("/api/jobs/a1b2c3").json()["links"]

    assert (links["stop"], links["delete"]) == (stop, delete)


@pytest.mark.parametrize(("method", "path"), [("POST", "/stop"), ("DELETE", "")])
def test_only_the_owner_and_admins_stop_and_delete(client, app, monkeypatch, method, path):
    assert client.request(method, f"/api/jobs/nobody{path}").json()["code"] == "unknown_job"

    monkeypatch.setattr(authentication, "Principal", lambda *_: Principal("ann", Role.USER))

    assert client.request(method, f"/api/jobs/a1b2c3{path}").status_code == 404
    assert {question[0] for question in app.asked} == {"get"}


@pytest.mark.parametrize(
    ("error", "status"), [(ConflictError("No.", code="not_stoppable"), 409), (GoneError("Gone."), 410)]
)
def test_what_cannot_be_done_says_so(client, app, error, status):
    app.error = error

    answer = client.post("/api/jobs/a1b2c3/stop")

    assert (answer.status_code, answer.json()["code"]) == (status, error.code)
