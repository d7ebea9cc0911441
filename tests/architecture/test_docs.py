"""The documents say what is true: every setting, command and state that they should name."""

import re
from pathlib import Path

import pytest

from shared.domain.job import JobState
from shared.settings import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
OPERATIONS = (ROOT / "docs/operations.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
# At the start of a line of a code block, or as code within a sentence.
COMMAND = re.compile(r"(?:^ *|`)make ([a-z-]+)", re.MULTILINE)


def environment_name(field: str) -> str:
    return str(Settings.model_fields[field].validation_alias or f"STRATA_{field.upper()}")


@pytest.mark.parametrize("field", Settings.model_fields)
def test_every_setting_is_documented(field: str):
    assert f"`{environment_name(field)}`" in OPERATIONS


@pytest.mark.parametrize("state", JobState)
def test_every_state_of_a_job_is_documented(state: JobState):
    states = OPERATIONS.partition("\n## A job's states\n")[2].partition("\n## ")[0]
    assert re.search(rf"\b{state.value}\b", states)


def test_the_readme_names_the_two_commands_first():
    assert README.index("make demo") < README.index("make test") < README.index("## ")


def test_every_command_that_the_documents_name_exists():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = {name for text in (README, OPERATIONS, CONTRIBUTING) for name in COMMAND.findall(text)}
    assert {"demo", "up", "help", "lock"} <= named
    assert {name for name in named if f"\n{name}:" not in makefile} == set()


def test_every_link_to_a_file_leads_somewhere():
    for text, folder in ((README, ROOT), (CONTRIBUTING, ROOT), (OPERATIONS, ROOT / "docs")):
        for part in text.split("](")[1:]:
            target = part.partition(")")[0]
            assert target.startswith("https://") or (folder / target).exists(), target
