from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.adapters.entra import EntraTokens
from shared.domain.roles import Principal, Role
from shared.errors import AppError
from tests.authority import CLIENT_ID, FACTORY, ID_URI, ISSUERS, KEYS, OTHER_TENANT, STRANGER, TENANT, Authority


@pytest.fixture
def tokens(authority: Authority) -> EntraTokens:
    return EntraTokens(authority.url, TENANT, frozenset({ID_URI, CLIENT_ID}), frozenset({FACTORY}))


def refusal(tokens: EntraTokens, token: str) -> AppError:
    with pytest.raises(AppError) as refused:
        tokens.verify(token)
    return refused.value


def encoded(part: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("oid", [FACTORY, FACTORY.upper()])
def test_the_factory_is_a_pipeline_and_nothing_more(tokens: EntraTokens, authority: Authority, version: str, oid: str):
    assert tokens.verify(authority.token(ver=version, oid=oid)) == Principal(FACTORY, Role.PIPELINE)


def test_an_identity_that_is_not_named_is_known_and_may_nothing(tokens: EntraTokens, authority: Authority):
    refused = refusal(tokens, authority.token(oid=STRANGER))
    assert (refused.status, refused.code) == (403, "unknown_identity")


def test_clocks_may_differ_a_little(tokens: EntraTokens, authority: Authority):
    now = int(time.time())
    assert tokens.verify(authority.token(nbf=now + 30, iat=now + 30))
    assert tokens.verify(authority.token(exp=now - 30))


@pytest.mark.parametrize(
    ("claims", "sentence"),
    [
        ({"exp": 1_700_000_000}, "The token has expired."),
        ({"nbf": 4_000_000_000}, "The token is not valid yet."),
        ({"iat": 4_000_000_000}, "The token is not valid yet."),
        ({"aud": "api://another"}, "The token is for another application."),
        ({"aud": [ID_URI + "/"]}, "The token is for another application."),
        ({"iss": ISSUERS["2.0"]}, "The token is not valid."),
        ({"iss": f"https://sts.windows.net/{OTHER_TENANT}/"}, "The token is not valid."),
        ({"tid": OTHER_TENANT}, "The token is not valid."),
        ({"ver": "3.0"}, "The token is not valid."),
        *(({name: None}, "The token is not valid.") for name in ("iss", "aud", "exp", "nbf", "tid", "oid", "ver")),
        ({"exp": "soon"}, "The token is not valid."),
        ({"aud": {"a": ID_URI}}, "The token is for another application."),
    ],
)
def test_a_token_with_other_claims_is_refused_with_a_sentence(
    tokens: EntraTokens, authority: Authority, claims: dict[str, Any], sentence: str
):
    refused = refusal(tokens, authority.token(**claims))
    assert (refused.status, refused.message, refused.details) == (401, sentence, {})


def test_what_is_wrong_with_a_token_is_only_said_where_its_signature_is_right(
    tokens: EntraTokens, authority: Authority
):
    forged = authority.token(key=KEYS[1], exp=1_700_000_000, aud="api://another")
    assert refusal(tokens, forged).message == "The token is not valid."


def test_a_token_that_another_key_has_signed_is_refused_also_under_the_name_of_a_known_one(
    tokens: EntraTokens, authority: Authority
):
    assert refusal(tokens, authority.token(key=KEYS[1])).status == 401
    assert refusal(tokens, authority.token(key=KEYS[1], key_id="second")).status == 401
    authority.keys["second"] = KEYS[1]
    assert refusal(tokens, authority.token(key=KEYS[0], key_id="second")).status == 401


def test_a_token_without_a_signature_is_refused_and_nobody_is_asked(tokens: EntraTokens, authority: Authority):
    header, claims, signature = authority.token().split(".")
    for other in ({"alg": "none", "kid": "first"}, {"alg": "None", "kid": "first"}, {"kid": "first"}):
        for end in ("", signature):
            assert refusal(tokens, f"{encoded(other)}.{claims}.{end}").status == 401
    assert refusal(tokens, authority.token(key_id=None)).status == 401
    assert authority.asked == []
    assert refusal(tokens, f"{header}.{claims}.").status == 401


def test_the_public_key_is_no_secret_for_another_algorithm(tokens: EntraTokens, authority: Authority):
    public = KEYS[0].public_key()
    _, claims, _ = authority.token().split(".")
    for form in (PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1):
        secret = public.public_bytes(Encoding.PEM, form)
        signed = f"{encoded({'alg': 'HS256', 'typ': 'JWT', 'kid': 'first'})}.{claims}"
        code = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
        forged = f"{signed}.{base64.urlsafe_b64encode(code).decode().rstrip('=')}"
        assert refusal(tokens, forged).status == 401
    assert refusal(tokens, authority.token(algorithm="RS384")).status == 401
    assert refusal(tokens, authority.token(algorithm="PS256")).status == 401


def test_a_token_that_was_changed_is_refused(tokens: EntraTokens, authority: Authority):
    header, claims, signature = authority.token(oid=STRANGER).split(".")
    content = json.loads(base64.urlsafe_b64decode(claims + "=="))
    assert refusal(tokens, f"{header}.{encoded(content | {'oid': FACTORY})}.{signature}").status == 401


@pytest.mark.parametrize(
    "token",
    [
        *("..", "a.b.c", "eyJ.eyJ.eyJ", "é.é.é", f"{encoded([1])}.{encoded([1])}.c"),
        f"{encoded({'alg': 'RS256', 'kid': ['first']})}.{encoded({})}.c",
        f"{encoded({'alg': 'RS256', 'kid': 'first'})}.{encoded({'ver': ['1.0']})}.c",
        f"{encoded({'alg': ['RS256'], 'kid': 'first'})}.{encoded({'ver': '1.0'})}.c",
        f"{encoded({'alg': 'RS256', 'kid': 'first'})}.{base64.urlsafe_b64encode(b'[' * 9000).decode()}.c",
        f"{base64.urlsafe_b64encode(b'[' * 9000).decode()}.{encoded({})}.c",
    ],
)
def test_what_is_no_token_is_refused_and_nobody_is_asked(tokens: EntraTokens, authority: Authority, token: str):
    assert refusal(tokens, token).status == 401
    assert authority.asked == []


def test_an_authority_that_is_silent_is_not_the_callers_fault(tokens: EntraTokens, authority: Authority):
    authority.fails_with = 500
    refused = refusal(tokens, authority.token())
    assert (refused.status, refused.code) == (503, "identity_unavailable")


def test_each_version_has_keys_of_its_own_that_are_asked_for_when_it_comes(tokens: EntraTokens, authority: Authority):
    tokens.verify(authority.token())
    assert authority.asked == [f"/{TENANT}/.well-known/openid-configuration", "/keys"]
    tokens.verify(authority.token(ver="2.0"))
    assert authority.asked[2:] == [f"/{TENANT}/v2.0/.well-known/openid-configuration", "/keys"]
