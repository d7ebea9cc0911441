"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

from devkit.cli.client import Client
from devkit.cli.connection import find_address

Url = Annotated[
    str | None,
    typer.Option(
        envvar="STRATA_URL", metavar="URL", help="Where the system is; else the one that 'make up' runs here."
    ),
]
Token = Annotated[
    str | None,
    typer.Option(envvar="STRATA_TOKEN", metavar="TOKEN", help="Its token; better in the environment than typed."),
]
Wait = Annotated[bool, typer.Option("--wait", help="Follow the job to its end and show where its rows went.")]
JobId = Annotated[str, typer.Argument(metavar="ID", help="The job's id.", show_default=False)]


def connect(url: str | None, token: str | None) -> Client:
    """Return a client of the system that the options name."""
    return Client(find_address(url, token))
