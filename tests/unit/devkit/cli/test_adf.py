"""``strata adf``: what is checked and run, and how it is told."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from devkit.adf.local.place import PIPELINES

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def definitions(tmp_path: Path) -> Path:
    """A factory whose pipeline waits, fails if asked to, and needs no services."""
    folder = tmp_path / "adf"
    (folder / "pipeline").mkdir(parents=True)
    choice = {"type": "Expression", "value": "@pipeline().parameters.fail"}
    failing = {"name": "Stop", "type": "Fail", "typeProperties": {"message": "@utcNow('yyyy')", "errorCode": "1"}}
    branch = {"expression": choice, "ifTrueActivities": [failing]}
    properties = {
        "activities": [{"name": "Choose", "type": "IfCondition", "typeProperties": branch}],
        "parameters": {"fail": {"type": "bool", "defaultValue": False}},
    }
    content = {"name": "Main", "properties": properties}
    (folder / "pipeline" / "Main.json").write_text(json.dumps(content), "utf-8")
    return folder


@pytest.fixture
def local(tmp_path: Path) -> None:
    """What a running system says of itself; nothing of it is asked here."""
    (tmp_path / ".strata").mkdir()
    said = {"baseUrl": "http://127.0.0.1:1", "token": "t", "pipelineKey": "k", "storage": "UseDevelopmentStorage=true"}
    (tmp_path / ".strata" / "local.json").write_text(json.dumps(said), "utf-8")


def test_sound_definitions_are_said_to_be_so(strata: Any) -> None:
    result = strata("adf", "validate")

    assert (result.exit_code, result.stdout) == (0, "All definitions are sound.\n")


def test_a_finding_names_file_place_and_reason(strata: Any, tmp_path: Path) -> None:
    folder = shutil.copytree(PIPELINES, tmp_path / "copy")
    (folder / "dataset" / "SynapseTable.json").unlink()

    result = strata("adf", "validate", "--definitions", str(folder))

    assert result.exit_code == 1
    assert "pipeline/PublishGold.json: $.properties.activities[1]" in result.stdout
    assert "There is no dataset 'SynapseTable'" in result.stdout


def test_findings_are_there_for_programs(strata: Any, definitions: Path) -> None:
    (definitions / "pipeline" / "Broken.json").write_text("{", "utf-8")

    result = strata("adf", "validate", "--json", "--definitions", str(definitions))

    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["ok"], answer["propertiesChecked"]) == (1, False, True)
    assert answer["findings"][0]["file"].endswith("Broken.json")


def test_what_is_not_checked_is_said(strata: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("devkit.adf.validate.schema.is_available", lambda: False)

    result = strata("adf", "validate")

    assert result.exit_code == 0
    assert "Properties were not checked" in result.stderr


@pytest.mark.usefixtures("local")
def test_a_run_is_shown_as_a_tree(strata: Any, definitions: Path) -> None:
    result = strata("adf", "run", "Main", "--definitions", str(definitions))

    assert result.exit_code == 0
    assert "✓ Main  Succeeded" in result.stdout
    assert "✓ Choose  IfCondition" in result.stdout


@pytest.mark.usefixtures("local")
def test_a_run_that_fails_says_why_and_ends_with_1(strata: Any, definitions: Path) -> None:
    arguments = ["--param", "fail=true", "--at", "2031-05-01", "--json", "--definitions", str(definitions)]

    result = strata("adf", "run", "Main", *arguments)

    shown = json.loads(result.stdout)
    assert (result.exit_code, shown["status"]) == (1, "Failed")
    assert shown["error"]["message"] == "Operation on target Choose failed: Activity Stop failed: 2031"
    assert "✗ Stop" in result.stderr


@pytest.mark.usefixtures("local")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["Mian"], "There is no pipeline 'Mian' (did you mean 'Main'?)."),
        (["Main", "--param", "fail"], "'fail' gives no value to a name."),
        (["Main", "--param", "fail=maybe"], "The parameter 'fail' is of type bool; write its value as JSON."),
        (["Main", "--global", "env=x"], "There is no global parameter 'env'."),
    ],
)
def test_what_cannot_be_run_is_refused_in_words(
    strata: Any, definitions: Path, arguments: list[str], sentence: str
) -> None:
    result = strata("adf", "run", *arguments, "--definitions", str(definitions))

    assert (result.exit_code, result.stderr.splitlines()[0]) == (1, f"Error: {sentence}")


def test_without_a_system_nothing_is_run(strata: Any, definitions: Path) -> None:
    result = strata("adf", "run", "Main", "--definitions", str(definitions))

    assert "No local system runs" in result.stderr
