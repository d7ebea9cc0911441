from __future__ import annotations

import pytest

from functions.http.app import PUBLIC_PATHS


@pytest.mark.parametrize("path", sorted(PUBLIC_PATHS))
def test_head_is_answered_as_get_is_without_the_body(stranger, path):
    got, asked = stranger.get(path), stranger.request("HEAD", path)

    assert asked.status_code == got.status_code == 200
    assert asked.content == b""
    assert asked.headers["content-length"] == str(len(got.content))
    assert asked.headers["content-type"] == got.headers["content-type"]


def test_head_needs_a_token_where_get_does(stranger, client):
    assert stranger.request("HEAD", "/api/tables").status_code == 401
    assert client.request("HEAD", "/api/tables").status_code == 200


def test_head_is_not_taken_where_get_is_not(client):
    assert client.request("HEAD", "/api/jobs/a1b2c3/retry").status_code == 405
