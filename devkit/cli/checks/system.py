"""Whether the system answers: where it is, whether all its parts are well, and whether it takes the token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from devkit.cli.checks.finding import Finding, Verdict
from devkit.cli.client import Client
from devkit.cli.connection import find_address
from devkit.cli.errors import CliError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOGS = "Look at its log: .strata/logs/host.log where 'make up' runs it."


def system_findings(url: str | None, token: str | None) -> Iterator[Finding]:
    """Yield what is found of the system that the options name; nothing further once it does not answer."""
    try:
        address = find_address(url, token)
    except CliError as error:
        yield _problem("Address", error)
        return
    yield Finding("Address", Verdict.OK, f"{address.url}, from {address.source}")
    with Client(address) as client:
        try:
            parts = client.health()["checks"]
        except CliError as error:
            yield _problem("Connection", error)
            return
        yield from (_part(name, check) for name, check in parts.items())
        try:
            client.jobs(limit=1)
        except CliError as error:
            yield _problem("Token", error)
        else:
            yield Finding("Token", Verdict.OK, "is taken")


def _part(name: str, check: dict[str, Any]) -> Finding:
    title = name.capitalize()
    if check["ok"]:
        return Finding(title, Verdict.OK, f"answers within {check['ms']:,} ms")
    return Finding(title, Verdict.PROBLEM, check["problem"], _LOGS)


def _problem(name: str, error: CliError) -> Finding:
    return Finding(name, Verdict.PROBLEM, str(error), error.advice)
