"""Reads the files of jobs from where they lie, and makes sure that those of others are still what was taken in."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from shared.errors import NotFoundError, UnreadableFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shared.domain.job import JobFile
    from shared.ports import BlobStore
    from shared.services.layout import Layout


def read_file(blobs: BlobStore, layout: Layout, file: JobFile) -> bytes:
    """Return the bytes of a job's file.

    Raises :class:`UnreadableFileError` when a file outside of bronze, which is not ours, has changed since it was
    counted, or is gone.
    """
    with _still_there(file):
        data = blobs.get(*layout.place(file))
    if file.container is not None:
        check_unchanged(file, hashlib.sha256(data).hexdigest())
    return data


def open_files(blobs: BlobStore, layout: Layout, files: Iterable[JobFile]) -> Iterator[BinaryIO]:
    """Yield the files of a job as streams, one at a time: each is closed when the next is asked for.

    Raises :class:`UnreadableFileError` when one that was counted before is gone.
    """
    for file in files:
        with _still_there(file):
            stream = blobs.open(*layout.place(file))
        with stream:
            yield stream


def check_unchanged(file: JobFile, sha256: str | None) -> None:
    """Raise :class:`UnreadableFileError` when a file's bytes are not those that were counted."""
    if file.sha256 not in {None, sha256}:
        raise UnreadableFileError(
            f"{file.filename} has changed in the container {file.container} since it was counted.",
            code="raw_file_changed",
            advice="Send the request again: what lies there now is other content and becomes a job of its own.",
            file=file.filename,
        )


@contextmanager
def _still_there(file: JobFile) -> Iterator[None]:
    try:
        yield
    except NotFoundError as error:
        if file.container is None or file.sha256 is None:
            raise
        raise UnreadableFileError(
            f"{file.filename} is no longer in the container {file.container}.",
            code="raw_file_gone",
            advice="Have it put back as it was and retry the job, or send a request for other files.",
            file=file.filename,
        ) from error
