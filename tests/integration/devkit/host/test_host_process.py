from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from devkit.host.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.devkit.host.conftest import HostProcess

EVENT = {"id": "1", "topic": "t", "eventType": "e", "data": {}, "dataVersion": "1"}
KEY = {"x-functions-key": "a-token"}


def test_the_app_answers_every_path_but_the_hosts_own(host: HostProcess) -> None:
    assert host.http.get(f"{host.base_url}/").text == "GET /"
    assert host.http.delete(f"{host.base_url}/api/jobs/1").text == "DELETE /api/jobs/1"
    assert host.http.get(f"{host.base_url}/administration").text == "GET /administration"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/admin/host/status"),
        ("GET", "/admin/functions"),
        ("POST", "/admin/functions/yearly"),
        ("GET", "/%61dmin/functions"),
        ("GET", "/admin/unknown"),
        ("POST", "/runtime/webhooks/EventGrid?functionName=arrived"),
        ("POST", "/runtime/webhooks/EventGrid?functionName=arrived&code=wrong"),
    ],
)
def test_no_route_of_the_host_answers_without_the_key(host: HostProcess, method: str, path: str) -> None:
    assert host.http.request(method, f"{host.base_url}{path}", json={"input": ""}).status_code == 401
    assert host.notes("yearly") == []


def test_a_timer_runs_on_its_schedule(host: HostProcess) -> None:
    first, second = host.noted("each_second", 2)[:2]
    assert 0.5 < second["at"] - first["at"] < 1.8


def test_a_timer_may_run_at_start_too(host: HostProcess) -> None:
    assert [seen["past_due"] for seen in host.noted("at_start")] == [False]


def test_a_timer_is_fired_by_hand(host: HostProcess) -> None:
    answer = host.http.post(f"{host.base_url}/admin/functions/yearly", json={"input": ""}, headers=KEY)
    assert answer.status_code == 202
    assert [seen["past_due"] for seen in host.noted("yearly")] == [False]


def test_a_queue_function_is_fired_by_hand(host: HostProcess) -> None:
    host.http.post(f"{host.base_url}/admin/functions/plain", json={"input": "by hand"}, headers=KEY)
    host.noted("plain", body="by hand")


def test_event_grid_posts_its_events_with_the_key_in_the_address(host: HostProcess) -> None:
    url = f"{host.base_url}/runtime/webhooks/EventGrid?functionName=arrived&code=a-token"
    events = [{**EVENT, "subject": "a"}, {**EVENT, "subject": "b"}]
    assert host.http.post(url, json=events, headers={"aeg-event-type": "Notification"}).status_code == 202
    assert sorted(seen["subject"] for seen in host.noted("arrived", 2)) == ["a", "b"]


def minimal_app(directory: Path, functions: str = "") -> None:
    (directory / "host.json").write_text('{"version": "2.0", "extensions": {"http": {"routePrefix": ""}}}')
    app = "import azure.functions as func\napp = func.AsgiFunctionApp(app=None)\n"
    (directory / "function_app.py").write_text(app + functions)


def test_what_cannot_run_is_refused_at_start_in_one_sentence(tmp_path: Path) -> None:
    minimal_app(tmp_path, "@app.blob_trigger(arg_name='b', path='c/d', connection='S')\ndef f(b: str): ...")
    command = [sys.executable, "-m", "devkit.host", "--app", str(tmp_path), "--port", "0"]
    refused = subprocess.run(command, text=True, capture_output=True, timeout=15, check=False)
    assert refused.returncode == 2
    assert refused.stderr.startswith("The host cannot start. Function f: this host has no blobTrigger")
    assert refused.stderr.count("\n") == 1


def test_a_port_in_use_is_said_so(
    host: HostProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    minimal_app(tmp_path)
    monkeypatch.chdir(tmp_path)
    port = host.base_url.rpartition(":")[2]
    assert main(["--port", port]) == 2
    assert f"Port {port} cannot be used" in capsys.readouterr().err
