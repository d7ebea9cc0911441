"""``strata correct`` and ``strata replay``: rows that were judged before are judged again."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from devkit.cli import show
from devkit.cli.commands.jobs import end_with, watch
from devkit.cli.commands.options import JobId, Token, Url, Wait, connect

if TYPE_CHECKING:
    from devkit.cli.client import Client


def correct(
    job_id: JobId,
    workbook: Annotated[
        Path,
        typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True, help="The corrected workbook."),
    ],
    wait: Wait = False,
    url: Url = None,
    token: Token = None,
) -> None:
    """Send the corrected workbook of a job's rejected rows back.

    Begin with 'strata rejects ID -o rejects.xlsx' and correct its cells. The rows that were changed become a job that
    is linked to the first; where none was, nothing is added.

    Ends with 1 when the workbook is refused, and with --wait also when the job fails.
    """
    with connect(url, token) as client, workbook.open("rb") as stream:
        answer = client.correct(job_id, (workbook.name, stream))
        show.remarks().print(answer["message"])
        if answer["rowsAlong"]:
            show.remarks().print(f"{answer['rowsAlong']:,} rows that refer to them are processed with them.")
        if answer["job"]:
            _show(client, answer["job"]["jobId"], workbook.name, wait=wait)


def replay(
    job_id: JobId,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what that would change; nothing is written.")
    ] = False,
    wait: Wait = False,
    url: Url = None,
    token: Token = None,
) -> None:
    """Run the files of a job once more.

    They are judged by the present contract, in a new job that takes the place of the old one once it is published. With
    --dry-run it is only said how many rows that would release and newly reject, by rule, and whether the result would
    be published.

    Ends with 1 when the job cannot be replayed, with --wait also when the replay fails, and with --dry-run also when
    the result would not be published.
    """
    with connect(url, token) as client:
        if dry_run:
            _tell(client, job_id)
            return
        job, is_new = client.replay(job_id)
        if not is_new:
            show.remarks().print("It has been replayed already.")
        _show(client, job["jobId"], job["jobName"] or job_id, wait=wait)


def _show(client: Client, job_id: str, title: str, *, wait: bool) -> None:
    if wait:
        end_with(watch(client, job_id, title, show.remarks()))
        return
    show.results().print(show.job_facts(client.job(job_id)))
    show.remarks().print(f"To follow it: strata job {job_id} --watch")


def _tell(client: Client, job_id: str) -> None:
    rehearsal, results = client.rehearse(job_id), show.results()
    results.print(show.changes_table(rehearsal))
    if rehearsal["ledgerAfter"]:
        results.print(show.ledger_table({"ledger": rehearsal["ledgerAfter"]}))
    if refusal := rehearsal["refusal"]:
        results.print(f"The result would not be published: {refusal['message']}\n{refusal['advice']}")
        raise typer.Exit(1)
