from __future__ import annotations

from decimal import Decimal

import pytest

from shared.domain.scorecard import Judgement, Metric, Reconciled, RuleScore, Scorecard, Status, TableScore
from shared.errors import GoneError, NotFoundError

RULE = RuleScore(
    name="doctor-exists",
    rule="reference",
    column="doctor_id",
    label="Doctor number",
    title="Unknown reference",
    message="Doctor number names no accepted row of Doctor.",
    how_to_fix="Correct the reference.",
    broken=175,
    judgement=Judgement(82.9268, 95.0, 90.0, "warning", Status.FAIL, blocks=True),
)
TABLE = TableScore(
    "appointments", "Appointment", 1025, 848, Judgement(82.7317, None, None, "info", Status.PASS), (RULE,)
)
CARD = Scorecard(
    status=Status.FAIL,
    blocked_by=("doctor-exists",),
    tables=(TABLE,),
    metrics=(Metric("id_completeness", 99.7073, 100.0, "critical", Status.FAIL),),
    reconciliation=(Reconciled("total billed", Decimal("5.10"), Decimal(4), "r.html"),),
)


def test_the_scorecard_says_what_is_judged_and_how(client, app):
    app.card = CARD
    answer = client.get("/api/jobs/a1b2c3/quality").json()
    assert answer == {
        "jobId": "a1b2c3",
        "status": "fail",
        "blockedBy": ["doctor-exists"],
        "tables": [
            {
                "table": "appointments",
                "label": "Appointment",
                "read": 1025,
                "accepted": 848,
                "value": 82.7317,
                "threshold": None,
                "blockBelow": None,
                "severity": "info",
                "status": "pass",
                "rules": [
                    {
                        "name": "doctor-exists",
                        "rule": "reference",
                        "column": "doctor_id",
                        "label": "Doctor number",
                        "title": "Unknown reference",
                        "message": "Doctor number names no accepted row of Doctor.",
                        "howToFix": "Correct the reference.",
                        "broken": 175,
                        "value": 82.9268,
                        "threshold": 95.0,
                        "blockBelow": 90.0,
                        "severity": "warning",
                        "status": "fail",
                    }
                ],
            }
        ],
        "metrics": [
            {"name": "id_completeness", "value": 99.7073, "threshold": 100.0, "severity": "critical", "status": "fail"}
        ],
        "reconciliation": [{"file": "r.html", "name": "total billed", "stated": 5.1, "found": 4.0, "agrees": False}],
    }


def test_the_scorecard_is_described(client):
    document = client.get("/api/openapi.json").json()
    answers = document["paths"]["/api/jobs/{jobId}/quality"]["get"]["responses"]
    assert answers["200"]["content"]["application/json"]["schema"]["$ref"].endswith("/QualityAnswer")
    metric = document["components"]["schemas"]["MetricAnswer"]
    assert set(metric["required"]) == {"name", "value", "threshold", "severity", "status"}
    assert metric["properties"]["value"]["type"] == "number"


@pytest.mark.parametrize(
    ("error", "status"),
    [(NotFoundError("Not judged.", code="not_judged"), 404), (GoneError("Deleted.", code="job_deleted"), 410)],
)
def test_a_job_without_a_scorecard_says_why(client, app, error, status):
    app.card = error
    answer = client.get("/api/jobs/a1b2c3/quality")
    assert (answer.status_code, answer.json()["code"]) == (status, error.code)


def test_a_job_that_does_not_exist_has_none(client):
    assert client.get("/api/jobs/nobody/quality").json()["code"] == "unknown_job"
