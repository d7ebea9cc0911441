from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import httpx
import pytest

from shared.adapters.entra import signing_keys
from shared.adapters.entra.signing_keys import FRESH, GOOD, PAUSE, PAUSE_WHEN_SILENT, SigningKeys
from shared.errors import UnavailableError
from tests.authority import ISSUERS, KEYS, TENANT, Authority

if TYPE_CHECKING:
    from collections.abc import Callable


class Seconds:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def keys(authority: Authority, seconds: Seconds) -> SigningKeys:
    return SigningKeys(f"{authority.url}/{TENANT}/.well-known/openid-configuration", seconds)


def is_known(keys: SigningKeys, key_id: str) -> bool:
    found = keys.find(key_id)
    return found is not None and found[0] == ISSUERS["1.0"]


def test_nothing_is_asked_before_a_key_is_needed(keys: SigningKeys, authority: Authority) -> None:
    assert authority.asked == []


def test_keys_are_asked_for_once_and_kept(keys: SigningKeys, authority: Authority, seconds: Seconds) -> None:
    for seconds.now in (0, 10, FRESH - 1):
        assert is_known(keys, "first")
    assert authority.asked == [f"/{TENANT}/.well-known/openid-configuration", "/keys"]


def test_after_an_hour_they_are_asked_for_again_so_a_withdrawn_key_is_none(
    keys: SigningKeys, authority: Authority, seconds: Seconds
) -> None:
    assert is_known(keys, "first")
    authority.keys, seconds.now = {"second": KEYS[1]}, FRESH
    assert not is_known(keys, "first")


def test_a_rotated_key_is_found(keys: SigningKeys, authority: Authority, seconds: Seconds) -> None:
    assert is_known(keys, "first")
    authority.keys["second"], seconds.now = KEYS[1], PAUSE
    assert is_known(keys, "second")


def test_keys_that_nobody_has_do_not_make_the_authority_be_asked_at_each_call(
    keys: SigningKeys, authority: Authority, seconds: Seconds
) -> None:
    assert [is_known(keys, f"unknown-{number}") for number in range(20)] == [False] * 20
    assert authority.asked.count("/keys") == 1
    seconds.now = PAUSE
    assert not is_known(keys, "unknown")
    assert authority.asked.count("/keys") == 2


def test_calls_at_the_same_time_ask_once(keys: SigningKeys, authority: Authority) -> None:
    authority.waits = 0.05
    callers = [threading.Thread(target=keys.find, args=("first",)) for _ in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert authority.asked.count("/keys") == 1


@pytest.mark.parametrize(
    "failure", [500, 404, b"<html>", b"[]", b"{}", b'{"issuer": "x", "jwks_uri": "no address"}', b'{"keys": []}']
)
def test_an_authority_that_answers_otherwise_leaves_it_open(
    keys: SigningKeys, authority: Authority, failure: int | bytes
) -> None:
    authority.fails_with = failure
    with pytest.raises(UnavailableError) as refusal:
        keys.find("first")
    assert refusal.value.status == 503


def test_an_authority_that_is_slow_is_given_up(
    keys: SigningKeys, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_keys, "_TIMEOUT", httpx.Timeout(0.05))
    authority.waits = 0.3
    with pytest.raises(UnavailableError):
        keys.find("first")


def test_an_authority_that_is_silent_is_not_waited_for_by_each_call_and_is_asked_again(
    keys: SigningKeys, authority: Authority, seconds: Seconds
) -> None:
    authority.fails_with = 500
    for _ in range(5):
        with pytest.raises(UnavailableError):
            keys.find("first")
    assert len(authority.asked) == 1
    authority.fails_with, seconds.now = None, PAUSE_WHEN_SILENT
    assert is_known(keys, "first")


def test_an_authority_that_is_not_there_is_silent(authority: Authority, seconds: Seconds) -> None:
    authority.stop()
    with pytest.raises(UnavailableError):
        SigningKeys(f"{authority.url}/{TENANT}/.well-known/openid-configuration", seconds).find("first")


def test_known_keys_are_good_for_a_day_while_the_authority_is_silent(
    keys: SigningKeys, authority: Authority, seconds: Seconds
) -> None:
    assert is_known(keys, "first")
    authority.fails_with = 500
    for seconds.now in (FRESH, GOOD - 1):
        assert is_known(keys, "first")
    with pytest.raises(UnavailableError):
        keys.find("second")
    seconds.now = GOOD
    with pytest.raises(UnavailableError):
        keys.find("first")


@pytest.mark.parametrize("change", [{"kty": "oct", "k": "c2VjcmV0"}, {"use": "enc"}, {"kid": None}])
def test_only_rsa_keys_for_signatures_count(
    keys: SigningKeys, authority: Authority, monkeypatch: pytest.MonkeyPatch, change: dict[str, str | None]
) -> None:
    published: Callable[[str], dict | None] = authority._document

    def changed(path: str) -> dict | None:
        document = published(path)
        if path == "/keys" and document:
            document["keys"].append(document["keys"][0] | {"kid": "other"} | change)
        return document

    monkeypatch.setattr(authority, "_document", changed)
    assert is_known(keys, "first")
    assert not is_known(keys, "other")
