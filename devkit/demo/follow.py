"""Sends the demo's files and follows the jobs that they become."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devkit.cli.follow import StageDisplay, follow, waits_for_large_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from devkit.cli.client import Client, Job
    from devkit.demo.uploads import Upload

_PATIENCE_SECONDS = 180
#: Spark alone takes a while to start, and longer on a busy machine.
_LARGE_PATIENCE_SECONDS = 900


def send_and_follow(client: Client, uploads: Iterable[Upload], console: Console, *, with_spark: bool) -> list[Job]:
    """Send the uploads one after the other, and follow the job of each until it has ended.

    A job too large for the small path is run at once ``with_spark``, and else left waiting. Returns the jobs as the API
    describes them at last; raises :class:`TimeoutError` when one takes too long.
    """
    with StageDisplay(console) as display:
        return [_sent_and_followed(client, upload, display, with_spark=with_spark) for upload in uploads]


def _sent_and_followed(client: Client, upload: Upload, display: StageDisplay, *, with_spark: bool) -> Job:
    line = display.begin(f"{upload.name} ({upload.records:,} records, {upload.size / 1e6:.1f} MB)")
    options = {"dataset": upload.dataset, "jobName": upload.name, "asOf": upload.as_of.isoformat()}
    job_id, _ = client.submit(list(upload.files.items()), options)
    job = follow(client, job_id, line, _PATIENCE_SECONDS)
    if with_spark and waits_for_large_path(job):
        client.run_now(job_id)
        job = follow(client, job_id, line, _LARGE_PATIENCE_SECONDS, while_waiting=True)
    return job
