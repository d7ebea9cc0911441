from __future__ import annotations

import httpx
import pytest


@pytest.fixture(scope="module")
def stranger(system):
    """A client without a token."""
    with httpx.Client(base_url=system.base_url, timeout=60, trust_env=False) as http:
        yield http


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/jobs"),
        ("POST", "/api/jobs?dataset=ecommerce"),
        ("GET", "/api/tables"),
        ("GET", "/api/tables/dw_users?limit=many"),
        ("GET", "/api/queries/revenue_by_category"),
        ("GET", "/api/nothing"),
        ("GET", "/"),
        ("DELETE", "/api/health/x"),
    ],
)
def test_nothing_is_answered_without_a_token(stranger, method, path):
    answer = stranger.request(method, path, content=b"{" if method == "POST" else None)

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_wrong_token_is_as_good_as_none(stranger):
    assert stranger.get("/api/jobs", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_the_token_is_taken_as_functions_key_too(stranger, system):
    assert stranger.get("/api/jobs", headers={"x-functions-key": system.token}).status_code == 200


def test_health_is_for_everyone_and_names_every_part(stranger):
    answer = stranger.get("/api/health")

    assert answer.status_code == 200
    assert answer.json()["checks"].keys() == {"storage", "queues", "warehouse"}
    assert all(check["ok"] for check in answer.json()["checks"].values())


@pytest.mark.parametrize("path", ["/api/openapi.json", "/api/docs", "/api/redoc", "/api/docs/assets/swagger-ui.css"])
def test_the_documentation_is_for_everyone(stranger, path):
    assert stranger.get(path).status_code == 200


def test_an_address_that_is_not_there_is_404_with_a_token(client):
    answer = client.get("/api/nothing")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.headers["content-type"] == "application/problem+json"
