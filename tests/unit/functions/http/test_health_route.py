from __future__ import annotations

from types import SimpleNamespace

import pytest


@pytest.fixture
def warehouse_down(app):
    app.checks["warehouse"] = SimpleNamespace(ok=False, ms=9, problem="db-7.internal refused user etl.")


def test_health_is_200_when_every_part_answers(stranger):
    answer = stranger.get("/api/health")

    assert answer.status_code == 200
    assert answer.json() == {"status": "healthy", "checks": {"storage": {"ok": True, "ms": 2, "problem": None}}}


@pytest.mark.usefixtures("warehouse_down")
def test_health_is_503_when_one_part_is_down(stranger):
    answer = stranger.get("/api/health")

    assert answer.status_code == 503
    assert answer.json()["status"] == "unhealthy"
    assert answer.json()["checks"]["storage"]["ok"] is True
    assert answer.json()["checks"]["warehouse"]["ok"] is False


@pytest.mark.usefixtures("warehouse_down")
def test_only_a_verified_caller_learns_why(stranger, client):
    assert stranger.get("/api/health").json()["checks"]["warehouse"]["problem"] == "It does not answer."
    assert client.get("/api/health").json()["checks"]["warehouse"]["problem"].startswith("db-7")
