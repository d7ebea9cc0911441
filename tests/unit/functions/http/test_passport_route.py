from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from functions.http import authentication
from shared.domain.job import JobState
from shared.domain.roles import Principal, Role
from shared.services.original_cells import Cell, Original
from shared.services.passport import LoadedRow, Passport, RowQuestion, Searched
from shared.services.sightings import Sighting
from tests.unit.functions.http.conftest import NOW, REJECTS, make_job

BAD, _ = REJECTS


@pytest.fixture
def story(app):
    sighting = Sighting(
        job=make_job(state=JobState.SUCCEEDED),
        run_id="run-1-ab",
        table="users",
        contract_version=1,
        judged_at=NOW,
        file="orders.xlsx",
        row=2,
        outcome="accepted",
        verdicts=(replace(BAD, outcome="repaired"), replace(BAD, outcome="flagged")),
        values={"id": 2, "amount": Decimal("1.50")},
        original=Original((Cell("id", "Number", "No.", "2.0"),), "Orders"),
        loaded_at=NOW,
        loaded_into=("dw_users",),
    )
    rejected = replace(
        sighting,
        outcome="quarantined",
        values=None,
        original=Original(problem="It is gone."),
        loaded_at=None,
        loaded_into=(),
    )
    loaded = LoadedRow("dw_users", "a1b2c3", "admin", NOW, {"user_id": 2})
    app.story = Passport("shop", "users", "2", (loaded,), (sighting, rejected), Searched(2, False, ("Told.",)))


@pytest.mark.usefixtures("story")
def test_a_row_is_told_from_its_cells_to_the_warehouse(client, app):
    answer = client.get("/api/passport?table=users&key=2")

    assert answer.status_code == 200
    passport = answer.json()
    assert (passport["dataset"], passport["table"], passport["key"]) == ("shop", "users", "2")
    assert passport["loaded"] == [
        {
            "table": "dw_users",
            "jobId": "a1b2c3",
            "userId": "admin",
            "loadedAt": "2026-01-31T08:00:00Z",
            "values": {"user_id": 2},
        }
    ]
    assert passport["searched"] == {"jobs": 2, "olderJobsLeftOut": False, "remarks": ["Told."]}
    accepted, rejected = passport["sightings"]
    assert (accepted["jobId"], accepted["jobUrl"]) == ("a1b2c3", "http://strata.test/api/jobs/a1b2c3")
    assert (accepted["file"], accepted["sheet"], accepted["row"]) == ("orders.xlsx", "Orders", 2)
    assert accepted["raw"] == [{"column": "id", "label": "Number", "header": "No.", "value": "2.0"}]
    assert accepted["values"] == {"id": 2, "amount": 1.5}
    assert [[one["outcome"] for one in accepted[kind]] for kind in ("repairs", "verdicts")] == [
        ["repaired"],
        ["flagged"],
    ]
    assert (accepted["loadedAt"], accepted["loadedInto"]) == ("2026-01-31T08:00:00Z", ["dw_users"])
    assert (rejected["outcome"], rejected["raw"], rejected["rawProblem"]) == ("quarantined", None, "It is gone.")


@pytest.mark.usefixtures("story")
def test_a_question_may_name_a_dataset_and_a_job_and_is_asked_for_the_caller(client, app, monkeypatch):
    ann = Principal("ann", Role.USER)
    monkeypatch.setattr(authentication, "Principal", lambda *_: ann)

    client.get("/api/passport?table=users&key=a%7Cb&dataset=shop&jobId=a1b2c3")

    assert app.asked == [("passport", RowQuestion("users", "a|b", "shop", "a1b2c3"), ann)]


@pytest.mark.parametrize("query", ["", "?table=users", "?key=1", "?table=users&key=", "?table=users&key=1&keys=2"])
def test_a_question_without_table_or_key_is_not_asked(client, app, query):
    answer = client.get(f"/api/passport{query}")

    assert (answer.status_code, answer.json()["code"], app.asked) == (400, "invalid_parameter", [])
