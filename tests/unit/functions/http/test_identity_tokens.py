from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shared.adapters.entra import EntraTokens
from tests.authority import FACTORY, ID_URI, STRANGER, TENANT, Authority
from tests.unit.functions.http.conftest import TOKEN, Client, FakeApp
from tests.unit.functions.http.test_adf_routes import FakeLargePath
from tests.unit.functions.http.test_authentication import CALLS

if TYPE_CHECKING:
    import httpx


@pytest.fixture
def large(app: FakeApp, authority: Authority) -> FakeLargePath:
    app.tokens = EntraTokens(authority.url, TENANT, frozenset({ID_URI}), frozenset({FACTORY}))
    return FakeLargePath(app)


def sweep(stranger: Client, token: str, **headers: str) -> httpx.Response:
    return stranger.post("/api/adf/sweep", json={}, headers={"Authorization": f"Bearer {token}", **headers})


def test_the_factory_calls_its_steps_with_its_identity(stranger: Client, large: FakeLargePath, authority: Authority):
    assert sweep(stranger, authority.token()).status_code == 200
    assert large.asked[0] == ("sweep",)


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_it_may_call_nothing_else(
    stranger: Client, large: FakeLargePath, app: FakeApp, authority: Authority, method: str, path: str
):
    if path.startswith("/api/adf/"):
        return
    answer = stranger.request(method, path, headers={"Authorization": f"Bearer {authority.token()}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert app.asked == large.asked == []


@pytest.mark.parametrize(
    ("claims", "status", "code"),
    [
        ({"exp": 1_700_000_000}, 401, "unauthenticated"),
        ({"aud": "api://another"}, 401, "unauthenticated"),
        ({"oid": STRANGER}, 403, "unknown_identity"),
    ],
)
def test_a_token_that_is_not_good_is_a_problem_that_repeats_nothing_of_it(
    stranger: Client, large: FakeLargePath, authority: Authority, claims: dict[str, Any], status: int, code: str
):
    answer = sweep(stranger, authority.token(**claims))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert ("www-authenticate" in answer.headers) == (status == 401)
    assert not any(str(value) in answer.text for value in (*claims.values(), TENANT, FACTORY, ID_URI))
    assert large.asked == []


def test_an_authority_that_is_silent_is_503_so_that_the_factory_tries_again(
    stranger: Client, large: FakeLargePath, authority: Authority
):
    authority.fails_with = 500
    answer = sweep(stranger, authority.token())
    assert (answer.status_code, answer.json()["code"]) == (503, "identity_unavailable")


def test_public_addresses_and_our_own_tokens_ask_no_authority(
    stranger: Client, large: FakeLargePath, authority: Authority
):
    authority.fails_with = 500
    signed = {"Authorization": f"Bearer {authority.token()}"}
    assert stranger.get("/api/health", headers=signed).status_code == 200
    assert stranger.get("/api/tables", headers={**signed, "x-functions-key": TOKEN}).status_code == 200
    assert stranger.get("/api/tables", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert authority.asked == []


def test_where_no_tenant_is_named_a_token_of_an_identity_is_as_any_other(
    stranger: Client, app: FakeApp, authority: Authority
):
    answer = sweep(stranger, authority.token())
    assert (answer.status_code, answer.json()["detail"]) == (401, "The token is not valid.")
    assert authority.asked == []
