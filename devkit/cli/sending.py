"""How files travel: within one request while they are small, else straight to storage; read from disk as they go."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import IO, TYPE_CHECKING, Any

from rich.filesize import decimal
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from devkit.cli.errors import ApiError
from devkit.cli.storage import put_blob

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from rich.console import Console

    from devkit.cli.client import Client

# The Functions host holds a request in memory several times over, and 100 MB are the most that it takes.
_MOST_BYTES_OF_REQUEST = 50_000_000
_TOO_LARGE = "upload_too_large"


def send(client: Client, files: Sequence[Path], options: Mapping[str, Any], remarks: Console) -> tuple[str, bool]:
    """Send files as one job, with a bar for each of them where ``remarks`` is a terminal.

    Returns the job's id, and whether it was made by this. Where the files go to storage that is known later: a job
    whose content came before ends as superseded. Raises :class:`CliError` when they are refused or do not get through.
    """
    size = sum(file.stat().st_size for file in files)
    if not remarks.is_terminal:
        remarks.print(f"Sending {len(files)} file{'s' * (len(files) > 1)}, {decimal(size)} …")
    if size <= _MOST_BYTES_OF_REQUEST:
        try:
            with _opened(files, remarks) as streams:
                return client.submit(streams, options)
        except ApiError as error:
            # A deployment may allow less.
            if error.code != _TOO_LARGE:
                raise
    return _send_to_storage(client, files, options, remarks), True


def _send_to_storage(client: Client, files: Sequence[Path], options: Mapping[str, Any], remarks: Console) -> str:
    waiting = client.expect([file.name for file in files], options)
    with _opened(files, remarks) as streams:
        for (_, stream), place in zip(streams, waiting["files"], strict=True):
            put_blob(place["uploadUrl"], stream)
    job_id: str = waiting["jobId"]
    client.complete(job_id)
    return job_id


@contextmanager
def _opened(files: Sequence[Path], remarks: Console) -> Iterator[list[tuple[str, IO[bytes]]]]:
    """Open files by their names; reading one moves its bar."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with ExitStack() as stack:
        bars = stack.enter_context(Progress(*columns, console=remarks, disable=not remarks.is_terminal))
        yield [(file.name, stack.enter_context(bars.open(file, "rb", description=file.name))) for file in files]
