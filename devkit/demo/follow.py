"""Following jobs: a live display in a terminal, a line for each change of state elsewhere."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from devkit.demo.client import Client
    from devkit.demo.uploads import Upload

Job = dict[str, Any]

#: The states of a job before its end; each comes with the time it took.
STAGES = ("received", "routed", "silver", "gold", "published")
_SUCCEEDED = ("succeeded", "succeeded_with_rejects")
_LARGE = "large_batch"
_POLL_SECONDS = 0.1
_PATIENCE_SECONDS = 180


def send_and_follow(client: Client, uploads: Iterable[Upload], console: Console) -> list[Job]:
    """Send the uploads one after the other, and follow the job of each until it has ended or waits for the large path.

    Returns the jobs as the API describes them at last; raises :class:`TimeoutError` when one takes too long.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[state]}"), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        return [_Follower(client, upload, progress).follow() for upload in uploads]


class _Follower:
    """Follows one job."""

    def __init__(self, client: Client, upload: Upload, progress: Progress) -> None:
        self._client = client
        self._upload = upload
        self._progress = progress
        self._shown = ""
        self._title = f"{upload.name} ({upload.records:,} records, {len(upload.content) / 1e6:.1f} MB)"
        self._task = progress.add_task(self._title, total=len(STAGES), state="sending")

    def follow(self) -> Job:
        """Send the file and return the job when nothing more happens to it."""
        job = self._client.job(self._client.submit(self._upload)["jobId"])
        end = time.monotonic() + _PATIENCE_SECONDS
        while True:
            self._show(job)
            if _is_settled(job):
                self._progress.stop_task(self._task)
                return job
            if time.monotonic() > end:
                raise TimeoutError(f"'{job['jobName']}' is still {_in_words(job)} after {_PATIENCE_SECONDS} s")
            time.sleep(_POLL_SECONDS)
            job = self._client.job(job["jobId"])

    def _show(self, job: Job) -> None:
        state = _in_words(job)
        if state == self._shown:
            return
        self._shown = state
        reached = {entry["state"] for entry in job["timeline"]}
        completed = len(STAGES) if succeeded(job) else len(reached.intersection(STAGES))
        self._progress.update(self._task, completed=completed, state=state)
        if not self._progress.console.is_terminal:
            self._progress.console.print(f"  {self._title}: {state}")


def succeeded(job: Job) -> bool:
    """Tell whether a job has brought its good rows into the warehouse."""
    return job["state"] in _SUCCEEDED


def waits_for_large_path(job: Job) -> bool:
    """Tell whether a job has more records than the small path takes."""
    return job["processingPath"] == _LARGE and job["state"] == "routed"


def _is_settled(job: Job) -> bool:
    return succeeded(job) or job["state"] == "failed" or waits_for_large_path(job)


def _in_words(job: Job) -> str:
    if waits_for_large_path(job):
        return "waits for the large path"
    return job["state"].replace("_", " ")
