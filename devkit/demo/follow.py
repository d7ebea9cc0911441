"""Sends the demo's files and follows the jobs that they become."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devkit.cli.follow import StageDisplay, follow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from devkit.cli.client import Client, Job
    from devkit.demo.uploads import Upload

_PATIENCE_SECONDS = 180


def send_and_follow(client: Client, uploads: Iterable[Upload], console: Console) -> list[Job]:
    """Send the uploads one after the other, and follow the job of each until it has ended or waits for the large path.

    Returns the jobs as the API describes them at last; raises :class:`TimeoutError` when one takes too long.
    """
    with StageDisplay(console) as display:
        return [_sent_and_followed(client, upload, display) for upload in uploads]


def _sent_and_followed(client: Client, upload: Upload, display: StageDisplay) -> Job:
    line = display.begin(f"{upload.name} ({upload.records:,} records, {upload.size / 1e6:.1f} MB)")
    options = {"dataset": upload.dataset, "jobName": upload.name, "asOf": upload.as_of.isoformat()}
    job_id, _ = client.submit(list(upload.files.items()), options)
    return follow(client, job_id, line, _PATIENCE_SECONDS)
