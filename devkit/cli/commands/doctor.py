"""``strata doctor``: look whether this machine and the system are well, and say how to mend what is not."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from devkit.cli import show
from devkit.cli.checks.finding import Verdict
from devkit.cli.checks.machine import machine_findings
from devkit.cli.checks.system import system_findings
from devkit.cli.commands.options import Token, Url  # noqa: TC001 - typer reads the annotations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devkit.cli.checks.finding import Finding

_STYLES = {Verdict.OK: "green", Verdict.WARNING: "yellow", Verdict.PROBLEM: "red"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")] = False,
    url: Url = None,
    token: Token = None,
) -> None:
    """Say what is wrong here and how to mend it.

    Looks at tools, ports, settings and the connection. All but the connection matter where Strata itself runs, so they
    are looked at in a checkout alone. A warning is about what only some purposes need. Ends with 1 when there is a
    problem.
    """
    findings = [*machine_findings(), *system_findings(url, token)]
    is_well = all(finding.verdict is not Verdict.PROBLEM for finding in findings)
    if as_json:
        typer.echo(json.dumps({"ok": is_well, "checks": [asdict(finding) for finding in findings]}, indent=2))
    else:
        show.results().print(_table(findings))
    if not is_well:
        raise typer.Exit(1)


def _table(findings: Sequence[Finding]) -> Table:
    grid = Table.grid(padding=(0, 2))
    for _ in range(2):
        grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for finding in findings:
        grid.add_row(Text(finding.verdict, style=_STYLES[finding.verdict]), Text(finding.name), Text(finding.found))
        if finding.advice:
            grid.add_row("", "", Text(f"→ {finding.advice}", style="bold"))
    return grid
