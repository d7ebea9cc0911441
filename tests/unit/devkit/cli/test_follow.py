"""Following a job in a terminal, and for a limited time."""

from __future__ import annotations

import io

import httpx
import pytest
from rich.console import Console

from devkit.cli.client import Client
from devkit.cli.connection import Address
from devkit.cli.follow import StageDisplay, follow
from devkit.cli.sending import send
from tests.unit.devkit.cli.conftest import TOKEN, URL, job


@pytest.fixture
def terminal():
    return Console(file=io.StringIO(), force_terminal=True, width=120)


@pytest.fixture
def client(stand_in):
    with Client(Address(URL, TOKEN, "this test")) as opened:
        yield opened


def test_a_terminal_shows_a_bar_that_moves_with_the_stages(stand_in, client, terminal):
    reached = [{"state": state} for state in ("received", "routed", "silver")]
    stand_in.answer("GET", "/api/jobs/a1", job(state="silver", timeline=reached), job(state="succeeded"))
    with StageDisplay(terminal) as display:
        assert follow(client, "a1", display.begin("mine"))["state"] == "succeeded"
    shown = terminal.file.getvalue()
    assert "mine" in shown
    assert "succeeded" in shown
    assert "━━" in shown


def test_a_terminal_shows_how_much_of_each_file_is_sent(stand_in, client, terminal, tmp_path):
    (tmp_path / "orders.json").write_bytes(b"x" * 3000)
    stand_in.answer("POST", "/api/jobs", httpx.Response(200, json={"jobId": "a1"}))
    assert send(client, [tmp_path / "orders.json"], {"dataset": "ecommerce"}, terminal) == ("a1", False)
    shown = terminal.file.getvalue()
    assert "orders.json" in shown
    assert "3.0/3.0 kB" in shown
    assert stand_in.requests[0].content.count(b"x" * 3000) == 1


def test_a_job_that_takes_longer_than_one_will_wait_is_said_so(stand_in, client, terminal):
    stand_in.answer("GET", "/api/jobs/a1", job(state="routed"))
    with StageDisplay(terminal) as display, pytest.raises(TimeoutError, match="still routed"):
        follow(client, "a1", display.begin("mine"), patience=0)
