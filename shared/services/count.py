"""Reads the files of a job once: which table each feeds, what its bytes are, and how many records it has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO, cast

from shared.domain.routing import route
from shared.errors import UnreadableFileError
from shared.readers.count import count_records
from shared.readers.digest import DigestingStream
from shared.readers.feeds import table_of
from shared.services.job_files import check_unchanged
from shared.services.journal import problem_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.datasets.catalogue import Dataset
    from shared.domain.intake import Intake
    from shared.domain.job import JobFile, JobProblem


@dataclass(frozen=True, slots=True)
class Counted:
    """The files of a job with all that their bytes say, and the problem of the first that has no count."""

    files: tuple[JobFile, ...]
    problem: JobProblem | None

    def decide(self, intake: Intake, threshold: int) -> Intake:
        """Return an intake of these files with its route, or with the problem for which it has none."""
        if self.problem is not None:
            return replace(intake, files=self.files, routing=None, problem=self.problem)
        records, size = sum(file.records or 0 for file in self.files), sum(file.size or 0 for file in self.files)
        routing = route(records, size, threshold, is_correction=intake.corrects is not None)
        return replace(intake, files=self.files, routing=routing, problem=None)


def counted(dataset: Dataset, files: Iterable[JobFile], streams: Iterable[BinaryIO]) -> Counted:
    """Read files, each once; ``streams`` are their bytes, and ``table`` is what their sender calls them, if anything.

    Raises :class:`~shared.errors.InvalidRequestError` for a file of no known table, and :class:`UnreadableFileError`
    for one that was counted before and has changed since.
    """
    contract, known, problems = dataset.contract, [], []
    for file, stream in zip(files, streams, strict=True):
        table = table_of(contract, file.filename, file.table, stream)
        stream.seek(0)
        digest, records = DigestingStream(stream), None
        try:
            source = cast("BinaryIO", digest)
            records = count_records(source, file.filename, contract, table, dataset.own_count)
        except UnreadableFileError as error:
            problems.append(problem_of(error))
        sha256, size = digest.finish()
        check_unchanged(file, sha256)
        known.append(replace(file, table=table, sha256=sha256, size=size, records=records))
    return Counted(tuple(known), problems[0] if problems else None)
