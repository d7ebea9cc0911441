"""Following jobs: bars in a terminal, a line for each change of state elsewhere."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from shared.domain.job import FINAL_STATES, JobState, ProcessingPath

if TYPE_CHECKING:
    from rich.console import Console

    from devkit.cli.client import Client, Job

#: The states of a job before its end; each comes with the time it took.
STAGES = ("received", "routed", "silver", "gold", "published")
_SUCCEEDED = (JobState.SUCCEEDED, JobState.SUCCEEDED_WITH_REJECTS)
_FAILED = (JobState.FAILED, JobState.STOPPED, JobState.DELETING, JobState.DELETED)
# A job that has just begun is looked at often, one that takes long less and less so.
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0


class StageDisplay:
    """Shows jobs on their way through the stages."""

    def __init__(self, console: Console) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[state]}"),
            TimeElapsedColumn(),
        )
        self._progress = Progress(*columns, console=console, disable=not console.is_terminal)

    def __enter__(self) -> Self:
        """Begin to show."""
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave on the screen what is shown."""
        self._progress.stop()

    def begin(self, title: str) -> JobLine:
        """Return a line for a job of which nothing is known yet."""
        return JobLine(self._progress, title)


class JobLine:
    """The line of one job."""

    def __init__(self, progress: Progress, title: str) -> None:
        self._progress = progress
        self._title = title
        self._shown = ""
        self._task = progress.add_task(title, total=len(STAGES), state="sending")

    def show(self, job: Job) -> None:
        """Say where the job stands, unless that has been said."""
        state = in_words(job)
        if job["error"] and not is_settled(job):
            state += f": {job['error']['message']}"
        if state == self._shown:
            return
        self._shown = state
        reached = {entry["state"] for entry in job["timeline"]}
        completed = len(STAGES) if succeeded(job) else len(reached.intersection(STAGES))
        self._progress.update(self._task, completed=completed, state=state)
        if not self._progress.console.is_terminal:
            self._progress.console.print(f"  {self._title}: {state}", markup=False, highlight=False)

    def end(self) -> None:
        """Stop its clock."""
        self._progress.stop_task(self._task)


def follow(
    client: Client, job_id: str, line: JobLine, patience: float | None = None, *, while_waiting: bool = False
) -> Job:
    """Show a job until nothing more happens to it, and return it as it is then.

    ``while_waiting`` goes on while a job waits for the large path. Raises :class:`TimeoutError` when that takes longer
    than ``patience`` seconds.
    """
    start = time.monotonic()
    while True:
        job = client.job(job_id)
        line.show(job)
        if is_settled(job) and not (while_waiting and waits_for_large_path(job)):
            line.end()
            return job
        elapsed = time.monotonic() - start
        if patience is not None and elapsed > patience:
            raise TimeoutError(f"The job {job_id} is still {in_words(job)} after {patience:.0f} s")
        time.sleep(min(max(elapsed / 10, _SHORTEST_PAUSE), _LONGEST_PAUSE))


def succeeded(job: Job) -> bool:
    """Tell whether a job has brought its good rows into the warehouse."""
    return job["state"] in _SUCCEEDED


def has_failed(job: Job) -> bool:
    """Tell whether a job has ended without bringing anything."""
    return job["state"] in _FAILED


def waits_for_large_path(job: Job) -> bool:
    """Tell whether a job has more records than the small path takes."""
    return job["processingPath"] == ProcessingPath.LARGE_BATCH and job["state"] == JobState.ROUTED


def is_settled(job: Job) -> bool:
    """Tell whether nothing more will happen to a job soon."""
    return job["state"] in FINAL_STATES or waits_for_large_path(job)


def in_words(job: Job) -> str:
    """Return where a job stands, as it is said."""
    if waits_for_large_path(job):
        return "waits for the large path"
    return job["state"].replace("_", " ")
