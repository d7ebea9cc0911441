"""``python -m devkit.cli.reference``: writes docs/cli.md from what the commands say of themselves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from typer.main import get_command
from typer.testing import CliRunner

from devkit.cli.app import app

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILE = Path(__file__).parents[2] / "docs" / "cli.md"
_HEAD = """# The command line

Made from the commands' own help by `python -m devkit.cli.reference`; a test holds it to them.
"""


def reference() -> str:
    """Return the help of the command and of each of its subcommands, as Markdown."""
    sections = [_section("strata", []), *_sections(get_command(app), [])]
    return "\n".join([_HEAD, *sections])


def _sections(group: Any, above: list[str]) -> Iterator[str]:
    """Yield the sections of the commands of a group, each group's own before those of its commands."""
    for name, command in group.commands.items():
        path = [*above, name]
        yield _section(f"strata {' '.join(path)}", path)
        if hasattr(command, "commands"):
            yield from _sections(command, path)


def _section(title: str, command: list[str]) -> str:
    # Without the reader's own settings, which help would show.
    shown = CliRunner().invoke(app, [*command, "--help"], prog_name="strata")
    return f"## {title}\n\n```\n{shown.output.strip()}\n```\n"


if __name__ == "__main__":
    _FILE.write_text(reference(), encoding="utf-8")
