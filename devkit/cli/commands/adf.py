"""``strata adf``: run the pipelines of Data Factory on this machine, and check their definitions."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from devkit.cli import show
from devkit.cli.errors import CliError

if TYPE_CHECKING:
    from devkit.adf.validate.finding import Finding

# ruff: noqa: PLC0415 - the runner is no part of the installed command, and other commands do without it

adf = typer.Typer(
    help="Run the pipelines of Data Factory on this machine, and check their definitions; in a checkout of Strata.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Definitions = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="The definitions; else those in adf_pipelines/."),
]


@adf.command()
def run(
    pipeline: Annotated[str, typer.Argument(metavar="PIPELINE", help="Its name.", show_default=False)],
    param: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="A parameter; of other types than text as JSON.")
    ] = None,
    global_param: Annotated[
        list[str] | None, typer.Option("--global", metavar="NAME=VALUE", help="A global parameter.")
    ] = None,
    watched: Annotated[bool, typer.Option("--watch", help="Show a live tree of the activities.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON at the end, for programs.")] = False,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="Let the pipeline's clock stand still at this moment.")
    ] = None,
    definitions: Definitions = None,
) -> None:
    """Run a pipeline against the local system.

    The system is the one that 'make up' runs in this folder or one above it. What the pipeline holds that cannot be run
    here is refused by name before anything runs. Ctrl-C cancels the run. Ends with 1 when the run fails.
    """
    require_checkout()
    import asyncio

    from devkit.adf.errors import AdfError
    from devkit.adf.execute import Wanted, execute, find_place
    from devkit.adf.local.place import PIPELINES
    from devkit.adf.runs import State
    from devkit.adf.shown import shown_run
    from devkit.adf.tree import run_tree

    wanted = Wanted(pipeline, assigned(param), assigned(global_param), definitions=definitions or PIPELINES, moment=at)
    try:
        done = asyncio.run(execute(wanted, find_place(Path.cwd()), show.remarks(), live=watched))
    except AdfError as error:
        raise CliError(str(error), "'strata adf validate' checks all definitions.") from None
    if as_json:
        typer.echo(json.dumps(shown_run(done), indent=2))
    elif not watched or not show.remarks().is_terminal:
        show.results().print(run_tree(done, done.ended or done.queued))  # type: ignore[arg-type]
    if done.state is not State.SUCCEEDED:
        raise typer.Exit(1)


def assigned(texts: list[str] | None) -> dict[str, str]:
    """Return what options of the form NAME=VALUE say; raises :class:`CliError` for any other."""
    found: dict[str, str] = {}
    for text in texts or []:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise CliError(f"'{text}' gives no value to a name.", "Write NAME=VALUE.")
        found[name] = value
    return found


def require_checkout() -> None:
    """Raise :class:`CliError` where only the command is installed."""
    if find_spec("devkit.adf") is None:
        raise CliError("Pipelines are run and checked in a checkout of Strata.", "Use its .venv/bin/strata.")


@adf.command()
def validate(
    definitions: Definitions = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")] = False,
) -> None:
    """Check the definitions of all pipelines, datasets, linked services and triggers.

    Finds references that lead nowhere, missing and unknown properties, expressions that cannot be evaluated,
    dependencies in a circle, parameters that nothing uses, and secrets. Ends with 1 when something is wrong.
    """
    require_checkout()
    from devkit.adf.errors import AdfError
    from devkit.adf.local.place import PIPELINES
    from devkit.adf.validate import validate as find
    from devkit.adf.validate.schema import is_available

    root = definitions or PIPELINES
    try:
        findings = find(root)
    except AdfError as error:
        raise CliError(str(error), "Name it by --definitions.") from None
    if as_json:
        shown = [{"file": str(each.file), "path": each.path, "reason": each.reason} for each in findings]
        typer.echo(json.dumps({"ok": not findings, "propertiesChecked": is_available(), "findings": shown}, indent=2))
    else:
        _show_findings(root, findings)
        if not is_available():
            show.remarks().print("Properties were not checked: 'make install-test' brings the package that knows them.")
    if findings:
        raise typer.Exit(1)


def _show_findings(root: Path, findings: list[Finding]) -> None:
    for each in findings:
        show.results().print(f"{each.file.relative_to(root)}: {each.path}\n  {each.reason}", soft_wrap=True)
    if not findings:
        show.results().print("All definitions are sound.")
