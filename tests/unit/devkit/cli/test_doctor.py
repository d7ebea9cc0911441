"""What 'strata doctor' finds wrong, each caused for real where it can be."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest

from devkit.cli.checks import machine
from devkit.cli.checks.finding import Finding, Verdict
from devkit.cli.checks.settings import environment_name, settings_findings
from shared.settings import Settings
from tests.unit.devkit.cli.conftest import TOKEN, problem

ROOT = Path(__file__).parents[4]
PYTHON = Path(sys.executable)


def program(path: Path, script: str) -> Path:
    """Write a program of the shell."""
    path.write_text(f"#!{shutil.which('sh', path=os.defpath)}\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def settings(monkeypatch, tmp_path):
    """Return the findings about a checkout with a local.settings.json and an environment."""
    for field in Settings.model_fields:
        monkeypatch.delenv(environment_name(field), raising=False)

    def found(file: str | None, **environ: str) -> list[str]:
        if file is not None:
            (tmp_path / "local.settings.json").write_text(file, encoding="utf-8")
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        findings = settings_findings(tmp_path)
        return [f"{finding.verdict}: {finding.found}" for finding in findings]

    return found


def filled(**values: str) -> str:
    return json.dumps({"Values": values})


def test_without_a_file_of_settings_make_up_gives_what_must_be_set(settings):
    assert settings(None) == ["ok: 'make up' gives what must be set"]


def test_a_wrong_setting_of_the_environment_is_in_the_way_of_make_up_too(settings):
    (fault,) = settings(None, STRATA_ENGINE="polars")
    assert fault.startswith("problem: STRATA_ENGINE: Input should be 'pyarrow'")


def test_the_example_of_the_settings_lacks_its_secrets_alone(settings):
    faults = settings((ROOT / "local.settings.json.example").read_text("utf-8"))
    assert [fault.split(":")[1].strip() for fault in faults] == ["STRATA_API_TOKEN", "STRATA_TOKEN_KEY"]


def test_the_file_and_the_environment_together_are_complete(settings):
    file = filled(STRATA_API_TOKEN="a", STRATA_WAREHOUSE_URL="duckdb:///x")
    assert settings(file, STRATA_TOKEN_KEY="k") == ["ok: those of local.settings.json and the environment are complete"]


def test_a_file_of_settings_that_cannot_be_read_is_named(settings):
    (fault,) = settings("{")
    assert "local.settings.json is not valid" in fault


def test_no_value_of_a_setting_is_shown(settings):
    assert "secret" not in " ".join(settings(None, STRATA_LOG_LEVEL="secret"))


def test_packages_that_are_missing_or_of_another_version_are_named(tmp_path):
    pinned = tmp_path / "requirements.txt"

    def found(pins: str) -> Finding:
        pinned.write_text(pins, encoding="utf-8")
        return machine.packages(PYTHON, pinned)

    assert found(f"typer=={version('typer')}  # via x\n").verdict is Verdict.OK
    other = found("typer==0.1  # via x\nrich==15 ; python_version < '3'  # via x\n")
    assert (other.verdict, other.found) == (Verdict.WARNING, f"not as pinned: typer {version('typer')}")
    missing = found("no-such-package==1.0  # via x\ntyper==0.1  # via x\n")
    assert (missing.verdict, missing.found) == (Verdict.PROBLEM, f"{PYTHON} lacks no-such-package")
    assert "make install" in missing.advice


def test_a_java_that_spark_cannot_use_is_a_warning(monkeypatch, tmp_path):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine.java().verdict is Verdict.WARNING
    java = tmp_path / "java"
    java.write_text(
        f"#!{shutil.which('sh', path=os.defpath)}\necho 'openjdk version \"21.0.1\"' >&2\n", encoding="utf-8"
    )
    java.chmod(0o755)
    assert machine.java().verdict is Verdict.OK


def test_what_make_install_brings_is_here():
    for look in (machine.node, machine.azurite):
        assert look(PYTHON, ROOT).verdict is Verdict.OK


def test_a_python_without_what_make_install_brings_is_a_problem(tmp_path):
    bare = program(tmp_path / "python", "exit 1")
    assert machine.packages(bare, ROOT / "requirements-local.txt").found.startswith(f"{bare} does not run")
    assert machine.node(bare, ROOT).found == "is not installed"
    assert machine.azurite(bare, ROOT).found == "is not installed as its lockfile says"
    assert machine.azurite(tmp_path / "none", ROOT).verdict is Verdict.PROBLEM


def test_a_node_that_does_not_run_is_a_problem(tmp_path):
    broken = program(tmp_path / "node", "exit 126")
    found = machine.node(program(tmp_path / "python", f"echo {broken}"), ROOT)
    assert (found.verdict, f"{broken} does not run" in found.found) == (Verdict.PROBLEM, True)


def test_a_port_of_core_tools_that_is_taken_is_a_warning(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setattr(machine, "_FUNC_PORT", port)
        taken = machine.ports_of_core_tools()
    assert (taken.verdict, str(port) in taken.found) == (Verdict.WARNING, True)


def test_ports_can_be_had_here():
    assert machine.ports_of_system().verdict is Verdict.OK


@pytest.fixture
def healthy(stand_in):
    """A system of which all is well."""
    checks = {"storage": {"ok": True, "ms": 3, "problem": None}}
    stand_in.answer("GET", "/api/health", httpx.Response(200, json={"status": "healthy", "checks": checks}))
    stand_in.answer("GET", "/api/jobs", httpx.Response(200, json={"jobs": [], "next": None}))
    return stand_in


def checks(strata) -> dict[str, dict[str, str]]:
    result = strata("doctor", "--json")
    answer = json.loads(result.stdout)
    problems = [check for check in answer["checks"] if check["verdict"] == "problem"]
    assert answer["ok"] is not bool(problems)
    assert result.exit_code == int(bool(problems))
    assert all(check["advice"] for check in answer["checks"] if check["verdict"] != "ok")
    return {check["name"]: check for check in answer["checks"]}


def test_a_system_that_is_well_is_said_so(healthy, strata):
    found = checks(strata)
    assert found["Python"]["found"].endswith(sys.executable)
    assert found["Storage"]["found"] == "answers within 3 ms"
    assert {found[name]["verdict"] for name in ("Address", "Storage", "Token")} == {"ok"}


def test_a_part_that_does_not_answer_is_a_problem(healthy, strata):
    part = {"ok": False, "ms": 9, "problem": "It does not answer."}
    healthy.answer("GET", "/api/health", httpx.Response(503, json={"status": "unhealthy", "checks": {"queues": part}}))
    assert checks(strata)["Queues"]["verdict"] == "problem"


def test_a_token_that_is_not_taken_is_a_problem(healthy, strata):
    healthy.answer("GET", "/api/jobs", problem(401, "unauthenticated", "The token is not valid."))
    found = checks(strata)
    assert found["Token"]["found"] == "The token is not valid."
    assert TOKEN not in json.dumps(found)


@pytest.mark.parametrize("answer", [httpx.ConnectError("refused"), httpx.Response(404, html="no")])
def test_an_address_at_which_no_strata_answers_is_a_problem(answer, healthy, strata):
    healthy.answer("GET", "/api/health", answer)
    found = checks(strata)
    assert found["Connection"]["verdict"] == "problem"
    assert "Token" not in found


def test_no_system_at_all_is_a_problem_and_the_machine_is_looked_at_nevertheless(strata):
    result = strata("doctor", STRATA_URL=None, STRATA_TOKEN=None)
    assert result.exit_code == 1
    assert "No system is named" in result.stdout
    assert "Start one here with 'make up'" in result.stdout
    for name in ("Python", "Node", "Azurite", "Java", "Ports", "Settings"):
        assert name in result.stdout
