"""``strata rejects``: the rows that a job rejected, with their reasons."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from devkit.cli import show
from devkit.cli.commands.options import JobId, Token, Url, connect
from devkit.cli.files import format_of, write_pages, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devkit.cli.client import Client

# The most rows that the API answers at once.
_PAGE = 100_000
_REJECTING = ("quarantined", "duplicate", "skipped")


def rejects(
    job_id: JobId,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="FILE", help="Write them to a file, .xlsx, .csv or .json, instead."),
    ] = None,
    limit: Annotated[int, typer.Option(metavar="NUMBER", min=1, max=1_000, help="The most rows to show.")] = 20,
    url: Url = None,
    token: Token = None,
) -> None:
    """Show the rows that a job rejected, and why.

    Each has its reason and what to do about it. A .csv or .json file has all of them with further columns: where the
    row stood, its key, the rule, and what else is wrong with it. An .xlsx file has the rows as they were sent, to be
    corrected and sent back.
    """
    is_workbook = out is not None and out.suffix.lower() == ".xlsx"
    if out and not is_workbook:
        format_of(out)
    with connect(url, token) as client:
        if out:
            if is_workbook:
                write_whole(out, client.rejection_workbook(job_id))
                show.remarks().print(f"Written to {out}.\nTo send it back, corrected: strata correct {job_id} {out}")
            else:
                write_pages(out, _pages(client, job_id, out))
                show.remarks().print(f"Written to {out}.")
            return
        found = client.rejects(job_id, limit)
    if not found:
        show.remarks().print("No row was rejected.")
        return
    show.results().print(show.rejects_table(f"Rejected rows of job {job_id}", found))
    if len(found) == limit:
        show.remarks().print("There may be more; --limit shows them, -o writes all of them.")


def _pages(client: Client, job_id: str, out: Path) -> Iterator[str]:
    ledger = client.job(job_id)["ledger"]
    rows = sum(counts[kind] for counts in ledger.values() for kind in _REJECTING)
    for offset in range(0, max(rows, 1), _PAGE):
        yield client.rejects_as(format_of(out), job_id, _PAGE, offset)
