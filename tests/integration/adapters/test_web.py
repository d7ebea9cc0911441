"""Fetching from a real server on this machine, which is no public address and has to be allowed."""

from __future__ import annotations

import gzip
import io
import logging
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

import pytest

from shared.adapters.web import HttpWeb
from shared.adapters.web.addresses import may_be_reached
from shared.errors import AppError

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOPBACK = (ip_network("127.0.0.0/8"),)
PAGE = b"<html>12 Paid Records</html>"


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, str, str | None]] = []

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server_port}{path}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Host"], self.headers["Authorization"]))
        kind, _, rest = self.path[1:].partition("/")
        getattr(self, f"_{kind}")(rest)

    def log_message(self, *_: Any) -> None:
        pass

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _page(self, _: str) -> None:
        self._answer(200, PAGE)

    def _packed(self, _: str) -> None:
        self._answer(200, gzip.compress(b"0" * 10_000), Content_Encoding="gzip")

    def _gone(self, _: str) -> None:
        self._answer(410)

    def _to(self, target: str) -> None:
        self._answer(302, Location=target)

    def _round(self, number: str) -> None:
        self._answer(302, Location=f"/round/{int(number) + 1}")

    def _slowly(self, _: str) -> None:
        self.send_response(200)
        for _ in range(100):
            self.send_header("X-Wait", "a little")
            self.flush_headers()
            time.sleep(0.1)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


def fetched(url: str, most_bytes: int = 1_000, web: HttpWeb | None = None) -> tuple[str, bytes]:
    into = io.BytesIO()
    name = (web or HttpWeb(LOOPBACK)).fetch(url, into, most_bytes)
    return name, into.getvalue()


def refusal(url: str, most_bytes: int = 1_000, web: HttpWeb | None = None) -> AppError:
    with pytest.raises(AppError) as refused:
        fetched(url, most_bytes, web)
    return refused.value


def test_a_file_is_fetched_with_its_name(server: Server) -> None:
    assert fetched(server.url("/page/march%20report.html?key=1")) == ("march report.html", PAGE)
    assert server.asked[-1] == ("/page/march%20report.html?key=1", f"127.0.0.1:{server.server_port}", None)


def test_a_redirect_is_followed_to_where_it_leads(server: Server) -> None:
    assert fetched(server.url("/to//page/report.html")) == ("report.html", PAGE)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_this_machine_is_refused_however_it_is_written(server: Server, host: str) -> None:
    before = len(server.asked)
    error = refusal(server.url("/page/", host), web=HttpWeb())
    assert (error.status, error.code) == (400, "address_refused")
    assert len(server.asked) == before


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("10.0.0.1", False),
        ("172.16.9.9", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:169.254.169.254", False),
        ("::10.0.0.1", False),
        ("2002:a00:1::", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::5db8:d70e", True),
    ],
)
def test_only_public_addresses_are_reached(address: str, may: bool) -> None:
    assert may_be_reached(address) is may


def test_a_network_can_be_allowed() -> None:
    allowed = (ip_network("10.1.0.0/16"),)
    assert may_be_reached("10.1.2.3", allowed)
    assert may_be_reached("::ffff:10.1.2.3", allowed)
    assert not may_be_reached("10.2.0.1", allowed)


def test_what_a_redirect_leads_to_is_checked_too(server: Server) -> None:
    for target in ("http://192.168.0.1/", "http://[::1]/", "file:///etc/passwd", "ftp://example.org/"):
        error = refusal(server.url(f"/to/{target}"))
        assert (error.status, error.code) in {(400, "address_refused"), (400, "invalid_url")}, target


def test_the_address_that_was_checked_is_the_one_that_is_used(server: Server) -> None:
    """A name that answers otherwise when it is asked again gains nothing."""
    answers = [["127.0.0.1"], ["192.168.0.1"]]
    asked = []

    async def changing(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return answers.pop(0)

    web = HttpWeb(LOOPBACK, resolve=changing)
    assert fetched(server.url("/page/a.html", "report.example"), web=web) == ("a.html", PAGE)
    assert asked == [("report.example", server.server_port)]
    assert server.asked[-1][1] == f"report.example:{server.server_port}"
    assert refusal(server.url("/page/a.html", "report.example"), web=web).code == "address_refused"


def test_a_name_of_which_one_address_is_not_public_is_refused() -> None:
    async def both(*_: object) -> list[str]:
        return ["93.184.215.14", "10.0.0.1"]

    assert refusal("http://report.example/", web=HttpWeb(resolve=both)).code == "address_refused"


def test_the_next_address_is_tried_where_one_does_not_answer(server: Server) -> None:
    async def two(*_: object) -> list[str]:
        return ["127.9.9.9", "127.0.0.1"]

    assert fetched(server.url("/page/", "report.example"), web=HttpWeb(LOOPBACK, resolve=two)) == ("", PAGE)


@pytest.mark.parametrize("url", ["report.html", "file:///etc/passwd", "http://", "http://[::1", "gopher://x/", ""])
def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    error = refusal(url)
    assert (error.status, error.code) == (400, "invalid_url")


def test_a_host_that_is_not_there_is_named(server: Server) -> None:
    error = refusal("http://nowhere.invalid/report.html")
    assert (error.status, error.code, error.details) == (422, "unknown_host", {"host": "nowhere.invalid"})


def test_a_file_that_is_too_large_is_let_go(server: Server) -> None:
    assert len(fetched(server.url("/packed/"), 10_000)[1]) == 10_000
    error = refusal(server.url("/packed/"), 9_999)
    assert (error.status, error.code, error.details["maxBytes"]) == (413, "upload_too_large", 9_999)


def test_an_answer_that_is_no_file_is_told(server: Server) -> None:
    error = refusal(server.url("/gone/"))
    assert (error.status, error.code, error.details["answered"]) == (422, "not_fetched", 410)


def test_there_is_an_end_to_redirects(server: Server) -> None:
    assert "more than 3 times" in refusal(server.url("/round/0")).message


def test_a_server_that_lingers_is_not_waited_for(server: Server) -> None:
    started = time.monotonic()
    error = refusal(server.url("/slowly/"), web=HttpWeb(LOOPBACK, seconds=0.3))
    assert (error.status, error.code) == (422, "no_answer_in_time")
    assert time.monotonic() - started < 5


def test_a_password_in_an_address_is_used_and_told_to_nobody(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "root")
    secret = server.url("/page/").replace("//", "//ann:sesame@", 1)
    fetched(secret)
    assert server.asked[-1][2] is not None
    error = refusal(secret.replace("/page/", "/gone/"))
    assert "sesame" not in caplog.text + error.message + str(error.details)
    assert error.__cause__ is None
