"""``python -m devkit.cli.reference``: writes docs/cli.md from what the commands say of themselves."""

from __future__ import annotations

from pathlib import Path

from typer.main import get_command
from typer.testing import CliRunner

from devkit.cli.app import app

_FILE = Path(__file__).parents[2] / "docs" / "cli.md"
_HEAD = """# The command line

Made from the commands' own help by `python -m devkit.cli.reference`; a test holds it to them.
"""


def reference() -> str:
    """Return the help of the command and of each of its subcommands, as Markdown."""
    commands = get_command(app).commands  # type: ignore[attr-defined]
    sections = [_section("strata", []), *(_section(f"strata {name}", [name]) for name in commands)]
    return "\n".join([_HEAD, *sections])


def _section(title: str, command: list[str]) -> str:
    # Without the reader's own settings, which help would show.
    shown = CliRunner().invoke(app, [*command, "--help"], prog_name="strata")
    return f"## {title}\n\n```\n{shown.output.strip()}\n```\n"


if __name__ == "__main__":
    _FILE.write_text(reference(), encoding="utf-8")
