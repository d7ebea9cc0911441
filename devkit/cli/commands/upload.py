"""``strata upload``: send files as one job."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from devkit.cli import show
from devkit.cli.commands.jobs import end_with, watch
from devkit.cli.commands.options import Token, Url, Wait, connect
from devkit.cli.sending import send


def upload(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True, help="The files of one job."),
    ],
    dataset: Annotated[
        str, typer.Option(envvar="STRATA_DATASET", metavar="NAME", help="The dataset that the files belong to.")
    ],
    name: Annotated[str | None, typer.Option(metavar="TEXT", help="A name to find the job by.")] = None,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="The moment as of which ages are counted: ISO 8601, UTC without a zone."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Make a new job even if the same content came before.")
    ] = False,
    wait: Wait = False,
    url: Url = None,
    token: Token = None,
) -> None:
    """Send files as one job.

    Where a dataset takes one file a table, a file's name or its columns say which table it feeds. Large files go
    straight to storage. The same content again is the same job, unless --force is given.

    Ends with 1 when the files are refused, and with --wait also when the job fails.
    """
    remarks = show.remarks()
    options = {"dataset": dataset, "jobName": name, "asOf": as_of, "force": force or None}
    with connect(url, token) as client:
        job_id, is_new = send(client, files, options, remarks)
        if not is_new:
            remarks.print(f"The same content came before, as job {job_id}.")
        if not wait:
            show.results().print(show.job_facts(client.job(job_id)))
            remarks.print(f"To follow it: strata job {job_id} --watch")
            return
        title = name or ", ".join(file.name for file in files)
        job = watch(client, job_id, title, remarks)
        if earlier := job["supersededBy"]:
            remarks.print(f"The same content came before, as job {earlier}.")
            job = watch(client, earlier, title, remarks)
    end_with(job)
