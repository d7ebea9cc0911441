"""The ``strata`` command as a whole: its subcommands, and how it tells of an error."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from devkit.cli.commands import adf, again, data, doctor, jobs, new_dataset, rejects, spark_submit, upload
from devkit.cli.errors import CliError
from shared import __version__


class _Commands(TyperGroup):
    """Says in words what went wrong, instead of showing where in the code it did."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was given."""
        try:
            return super().invoke(ctx)
        except CliError as error:
            print(f"Error: {error}\n{error.advice}", file=sys.stderr)
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=_Commands,
    help="Upload files to Strata, follow what becomes of them, and ask the tables they fill.",
    epilog="The system is the one that --url and --token name, or STRATA_URL and STRATA_TOKEN; without them, the one "
    "that 'make up' runs in this folder or one above it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"strata {__version__}")
        raise typer.Exit


@app.callback()
def strata(
    _: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    """Upload files to Strata, follow what becomes of them, and ask the tables they fill."""


app.command()(upload.upload)
app.command()(jobs.jobs)
app.command()(jobs.job)
app.command()(rejects.rejects)
app.command()(again.correct)
app.command()(again.replay)
app.command()(data.query)
app.command()(data.tables)
app.command()(new_dataset.new_dataset)
app.command()(spark_submit.spark_submit)
app.add_typer(adf.adf, name="adf")
app.command()(doctor.doctor)
