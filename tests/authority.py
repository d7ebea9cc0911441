"""A sign-in service of a tenant: it signs tokens, and publishes its keys over HTTP as Microsoft Entra ID does."""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

TENANT = "11111111-2222-4333-8444-555555555555"
OTHER_TENANT = "99999999-2222-4333-8444-555555555555"
FACTORY = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
STRANGER = "bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee"
ID_URI, CLIENT_ID = "api://strata-test", "cccccccc-bbbb-4ccc-8ddd-eeeeeeeeeeee"
ISSUERS = {"1.0": f"https://sts.windows.net/{TENANT}/", "2.0": f"https://login.microsoftonline.com/{TENANT}/v2.0"}
_PATHS = {
    f"/{TENANT}/.well-known/openid-configuration": "1.0",
    f"/{TENANT}/v2.0/.well-known/openid-configuration": "2.0",
}


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


KEYS = [new_key(), new_key()]


class Authority:
    """The service; a test rotates its keys, or has it fail, and sees what it was asked."""

    def __init__(self) -> None:
        self.keys = {"first": KEYS[0]}
        self.asked: list[str] = []
        self.fails_with: int | bytes | None = None
        self.waits = 0.0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def token(self, *, key_id: str | None = "first", key: Any = None, algorithm: str = "RS256", **changes: Any) -> str:
        """Sign a token of version 1 for the factory; ``changes`` replace claims, None takes one out."""
        now = int(time.time())
        version = changes.get("ver", "1.0")
        claims = {
            "ver": version,
            "iss": ISSUERS.get(version),
            "aud": ID_URI if version == "1.0" else CLIENT_ID,
            "tid": TENANT,
            "oid": FACTORY,
            "sub": FACTORY,
            "iat": now,
            "nbf": now,
            "exp": now + 3600,
        } | changes
        given = {name: value for name, value in claims.items() if value is not None}
        headers = {"kid": key_id} if key_id else {}
        return jwt.encode(given, key or KEYS[0], algorithm=algorithm, headers=headers)

    def _document(self, path: str) -> dict[str, Any] | None:
        if path == "/keys":
            published = [(name, RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)) for name, key in self.keys.items()]
            return {"keys": [{**key, "kid": name, "use": "sig"} for name, key in published]}
        version = _PATHS.get(path)
        return {"issuer": ISSUERS[version], "jwks_uri": f"{self.url}/keys"} if version else None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                authority.asked.append(self.path)
                time.sleep(authority.waits)
                document, failure = authority._document(self.path), authority.fails_with
                status = failure if isinstance(failure, int) else 200 if document else 404
                body = failure if isinstance(failure, bytes) else json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler
