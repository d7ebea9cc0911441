"""``strata jobs`` and ``strata job``: what became of what was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from devkit.cli import show
from devkit.cli.commands.options import JobId, Token, Url, connect
from devkit.cli.follow import StageDisplay, follow, has_failed, in_words
from shared.domain.job import JobState  # noqa: TC001 - typer reads the annotations

if TYPE_CHECKING:
    from rich.console import Console

    from devkit.cli.client import Client, Job


def jobs(
    state: Annotated[
        JobState | None,
        typer.Option(metavar="STATE", help="Only jobs in this state, such as failed or succeeded_with_rejects."),
    ] = None,
    dataset: Annotated[str | None, typer.Option(metavar="NAME", help="Only jobs of this dataset.")] = None,
    limit: Annotated[int, typer.Option(metavar="NUMBER", min=1, max=500, help="The most jobs to list.")] = 20,
    url: Url = None,
    token: Token = None,
) -> None:
    """List jobs, newest first."""
    with connect(url, token) as client:
        found, are_more = client.jobs(state=state and state.value, dataset=dataset, limit=limit)
    if not found:
        show.remarks().print("There are no such jobs.")
        return
    show.results().print(show.jobs_table(found))
    if are_more:
        show.remarks().print("There are more; --limit shows them.")


def job(
    job_id: JobId,
    watched: Annotated[bool, typer.Option("--watch", help="Follow the job to its end first.")] = False,
    url: Url = None,
    token: Token = None,
) -> None:
    """Show a job and where its rows went.

    It says where the job stands, when it reached which stage, and why it failed if it did. With --watch, ends with 1
    when the job fails.
    """
    with connect(url, token) as client:
        found = watch(client, job_id, job_id, show.remarks()) if watched else client.job(job_id)
    _show_whole(found)
    if watched and has_failed(found):
        raise typer.Exit(1)


def watch(client: Client, job_id: str, title: str, remarks: Console) -> Job:
    """Show a job's progress until nothing more happens to it, and return it."""
    try:
        with StageDisplay(remarks) as display:
            return follow(client, job_id, display.begin(title))
    except KeyboardInterrupt:
        remarks.print(f"The job goes on; to follow it again: strata job {job_id} --watch")
        raise


def end_with(job: Job) -> None:
    """Show where the rows of a job went; ends the command with 1 when it failed."""
    results = show.results()
    results.print(f"Job {job['jobId']}: {in_words(job)}")
    if job["error"]:
        results.print(f"{job['error']['message']}\n{job['error']['advice']}")
    if job["ledger"]:
        results.print(show.ledger_table(job))
    if any(counts["read"] > counts["silver"] for counts in job["ledger"].values()):
        show.remarks().print(f"Why rows were rejected: strata rejects {job['jobId']}")
    if has_failed(job):
        raise typer.Exit(1)


def _show_whole(job: Job) -> None:
    results = show.results()
    results.print(show.job_facts(job))
    results.print(show.timeline_table(job))
    if job["ledger"]:
        results.print(show.ledger_table(job))
    if job["goldTables"]:
        results.print(show.published_table(job))
