"""``strata query`` and ``strata tables``: what the warehouse holds."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from devkit.cli import show
from devkit.cli.commands.options import Token, Url, connect
from devkit.cli.errors import CliError
from devkit.cli.files import format_of, write_pages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devkit.cli.client import Client


def query(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The query; without it, all are listed.")] = None,
    param: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="A parameter of the query; may be repeated.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write the answer to a file, .csv or .json.")
    ] = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """Ask a business question, or list them.

    Without a name the questions are listed, each with its parameters and their defaults.
    """
    parameters = _parsed(param or ())
    if out:
        format_of(out)
    with connect(url, token) as client:
        if name is None:
            _list(client, has_options=bool(parameters or out))
        elif out:
            write_pages(out, [client.query_as(format_of(out), name, parameters)])
            show.remarks().print(f"Written to {out}.")
        else:
            _show(client, name, parameters)


def tables(url: Url = None, token: Token = None) -> None:
    """List what the warehouse holds."""
    with connect(url, token) as client:
        found = client.tables()
    if found:
        show.results().print(show.tables_table(found))
    else:
        show.remarks().print("Nothing has been loaded yet.")


def _list(client: Client, *, has_options: bool) -> None:
    if has_options:
        raise CliError("There are options for a query, but no query is named.", "List them with: strata query")
    show.results().print(show.queries_table(client.queries()))


def _show(client: Client, name: str, parameters: dict[str, str]) -> None:
    rows = client.query(name, parameters)
    titles = {known["name"]: known["title"] for known in client.queries()}
    if rows:
        show.results().print(show.answer_table(titles[name], rows))
    else:
        show.remarks().print(f"{titles[name]} There is no row that answers it.")


def _parsed(texts: Sequence[str]) -> dict[str, str]:
    parts = [text.partition("=") for text in texts]
    for name, sign, _ in parts:
        if not (name and sign):
            raise CliError(f"--param {name} is not written like NAME=VALUE.", "For example: --param limit=5")
    return {name: value for name, _, value in parts}
