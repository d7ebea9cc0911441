"""docs/cli.md says what the commands say of themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from devkit.cli.app import app
from devkit.cli.commands.adf import adf
from devkit.cli.reference import reference
from shared import __version__

DOCUMENT = Path(__file__).parents[4] / "docs" / "cli.md"
NAMES = [
    f"{group}{command.name or command.callback.__name__.replace('_', '-')}"
    for group, commands in (("", app.registered_commands), ("adf ", adf.registered_commands))
    for command in commands
]


@pytest.fixture(scope="module")
def written() -> str:
    return reference()


def test_the_document_is_what_the_commands_say_of_themselves(written):
    outdated = "docs/cli.md is not in step with the commands; write it anew: python -m devkit.cli.reference"
    assert DOCUMENT.read_text("utf-8") == written, outdated


def test_the_readers_own_settings_are_not_in_it(monkeypatch, written):
    for name, value in (("STRATA_URL", "https://mine"), ("STRATA_TOKEN", "mine"), ("COLUMNS", "200")):
        monkeypatch.setenv(name, value)
    assert reference() == written


@pytest.mark.parametrize("name", NAMES)
def test_every_command_is_in_it_with_its_help(name, strata, written):
    help_text = strata(*name.split(), "--help").stdout.strip()
    assert f"## strata {name}\n\n```\n{help_text}\n```\n" in written
    assert help_text.startswith(f"Usage: strata {name}")


def test_the_version_is_that_of_the_product(strata):
    assert strata("--version").stdout == f"strata {__version__}\n"


def test_a_command_that_is_written_wrong_is_answered_with_the_right_one(strata):
    result = strata("uplod")
    assert (result.exit_code, "Did you mean 'upload'?" in result.stderr) == (2, True)
