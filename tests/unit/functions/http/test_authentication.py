from __future__ import annotations

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from functions.http.app import PUBLIC_PATHS, create_api
from functions.http.authentication import declares_caller
from shared.domain.roles import Principal, Role

ROUTES = [context.original_route for context in iter_route_contexts(create_api().routes)]
CALLS = [
    (method, route.path.replace("{", "").replace("}", ""))
    for route in ROUTES
    for method in sorted(route.methods)
    if route.path not in PUBLIC_PATHS and not route.path.startswith("/api/docs")
]


def test_the_walk_sees_the_whole_api():
    assert ("POST", "/api/jobs") in CALLS
    assert ("GET", "/api/queries/name") in CALLS
    assert ("DELETE", "/api/jobs/jobId") in CALLS


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.methods} {route.path}")
def test_every_route_declares_who_may_call_it(route):
    assert isinstance(route, APIRoute)
    assert declares_caller(route)


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_every_closed_route_is_401_without_a_token_even_for_a_bad_request(stranger, app, method, path):
    answer = stranger.request(method, f"{path}?limit=many", content=b"{", headers={"content-type": "text/plain"})

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "unauthenticated"
    assert app.asked == []


@pytest.mark.parametrize("path", ["/", "/api", "/api/nothing", "/api/health/", "/api/docs/assets/secret", "/ui"])
def test_unknown_addresses_are_401_without_a_token_and_404_with_one(stranger, client, path):
    assert stranger.get(path).status_code == 401
    assert client.get(path).status_code == 404
    assert client.get(path).headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", sorted(PUBLIC_PATHS))
def test_public_addresses_need_no_token(stranger, path):
    assert stranger.get(path).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer the-token-of-this-test"},
        {"authorization": "bearer the-token-of-this-test"},
        {"x-functions-key": "the-token-of-this-test"},
        {"Authorization": "Bearer wrong", "x-functions-key": "the-token-of-this-test"},
    ],
)
def test_the_token_comes_as_bearer_or_as_functions_key(stranger, headers):
    assert stranger.get("/api/tables", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer the-token-of-this-tesT"},
        {"Authorization": "Bearer"},
        {"Authorization": "the-token-of-this-test"},
        {"Authorization": "Basic the-token-of-this-test"},
        {"x-functions-key": ""},
        {"x-functions-key": "dieser-schlüssel".encode()},
    ],
)
def test_any_other_token_is_refused(stranger, headers):
    assert stranger.get("/api/tables", headers=headers).status_code == 401


def test_no_token_is_valid_where_none_is_configured(stranger, app):
    app.settings.api_token = type(app.settings.api_token)("")

    assert stranger.get("/api/tables", headers={"x-functions-key": ""}).status_code == 401


def test_a_route_that_declares_nobody_is_closed_to_everybody(app, client_of):
    from functions.http.authentication import Authentication

    api = create_api()
    api.get("/api/forgotten")(lambda: "secret")

    answer = client_of(Authentication(api, PUBLIC_PATHS)).get("/api/forgotten")

    assert answer.status_code == 403
    assert answer.json()["code"] == "forbidden"


def test_a_user_sees_their_own_and_an_admin_sees_all():
    assert Principal("ann", Role.USER).may_see("ann")
    assert not Principal("ann", Role.USER).may_see("bob")
    assert Principal("admin", Role.ADMIN).may_see("bob")
