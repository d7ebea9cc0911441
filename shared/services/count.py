"""Counts the records of a job's files and decides which way the job goes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from shared.domain.routing import route
from shared.errors import UnreadableFileError
from shared.readers.count import count_records
from shared.services.journal import problem_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.domain.intake import Intake


def counted(intake: Intake, streams: Iterable[BinaryIO], threshold: int) -> Intake:
    """Return the intake with its records counted and its route, or with the problem of a file without a count.

    ``streams`` are the bytes of the intake's files, in their order.
    """
    files = []
    try:
        for file, stream in zip(intake.files, streams, strict=True):
            stream.seek(0)
            files.append(replace(file, records=count_records(stream, file.filename)))
    except UnreadableFileError as error:
        return replace(intake, routing=None, problem=problem_of(error))
    records, size = sum(file.records or 0 for file in files), sum(file.size for file in files)
    return replace(intake, files=tuple(files), routing=route(records, size, threshold), problem=None)
