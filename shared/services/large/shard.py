"""Cuts the files of a large job into pieces that Spark can read side by side."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from shared.datasets.catalogue import load_dataset
from shared.domain.shards import ShardIndex
from shared.logs import stage
from shared.readers.archives import seekable, unpacked
from shared.readers.digest import DigestingStream
from shared.readers.feeds import table_of_part
from shared.readers.formats import taken_by
from shared.readers.rows import number_of_part
from shared.services.job_files import check_unchanged, open_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from shared.contracts.table import Table
    from shared.datasets.catalogue import Dataset
    from shared.domain.job import Job, JobFile
    from shared.ports import BlobStore
    from shared.readers.archives import Part as FilePart
    from shared.services.large.written_shards import WrittenShards
    from shared.services.layout import Layout
    from shared.services.records import JobRecords

_log = logging.getLogger(__name__)

# The frame libraries are imported by the first job, not on the way to the functions.
# ruff: noqa: PLC0415


@dataclass(frozen=True, slots=True)
class Shard:
    """The use case; it may be repeated, and then writes the same again, or nothing once the index is there.

    Nested records that feed all tables are cut and not parsed; files that feed one table become rows here, since only
    a reader of whole files knows where the rows of a CSV file or a workbook begin.
    """

    blobs: BlobStore
    layout: Layout
    records: JobRecords

    def is_done(self, job: Job) -> bool:
        """Tell whether the shards of a job are all there."""
        return self.blobs.stat(*self.layout.shard_index(job.job_id)) is not None

    def __call__(self, job: Job, told: Callable[[int], None] = lambda _: None) -> ShardIndex:
        """Write the shards of a job and return their index; ``told`` is called with each number of records that is cut.

        Raises :class:`~shared.errors.UnreadableFileError` for a file that cannot be read, and what ``told`` does.
        """
        place = self.layout.shard_index(job.job_id)
        if self.is_done(job):
            return msgspec.json.decode(self.blobs.get(*place), type=ShardIndex)
        with stage("sharded"):
            index = self._shard(job, told)
            self.blobs.put(*place, msgspec.json.encode(index))
        _log.info("the job is cut into shards", extra={"fields": {"records": len(index.records)}})
        return index

    def _shard(self, job: Job, told: Callable[[int], None]) -> ShardIndex:
        from shared.services.large.written_shards import WrittenShards

        intake, dataset = self.records.intake(job.job_id), load_dataset(job.dataset)
        written = WrittenShards(self.blobs, self.layout.shards(job.job_id), told)
        streams = open_files(self.blobs, self.layout, intake.files)
        for file_no, (file, stream) in enumerate(zip(intake.files, streams, strict=True)):
            digest = DigestingStream(stream)
            self._file(dataset, file, file_no, digest, written)
            check_unchanged(file, digest.finish()[0])
        return written.index(file.filename for file in intake.files)

    def _file(self, dataset: Dataset, file: JobFile, file_no: int, stream: DigestingStream, to: WrittenShards) -> None:
        for place, part in enumerate(unpacked(stream, file.filename)):  # type: ignore[arg-type]
            number = number_of_part(file_no, place)
            with seekable(part.stream) as content:
                if dataset.contract.own:
                    _extract(dataset, replace(part, stream=content), file.table, number, to)
                else:
                    table = table_of_part(dataset.contract, file.table, part)
                    _cut(dataset, part, content, table, number, to)


def _extract(dataset: Dataset, part: FilePart, table_name: str | None, number: int, written: WrittenShards) -> None:
    """Read a file of a dataset that does so by itself, or completes what the usual readers have read."""
    from shared.medallion.bronze import read_one

    found = read_one(dataset, part, table_name, number)
    for name, rows in found.tables.items():
        written.add_rows(name, number, rows.to_batches())
    for name, told in found.findings.items():
        written.add_findings(name, told)
    written.reconciliation += found.reconciliation


def _cut(
    dataset: Dataset, part: FilePart, content: BinaryIO, table: Table | None, number: int, written: WrittenShards
) -> None:
    from shared.readers.batches import read_batches
    from shared.readers.json_shards import NotShardableError, sharded_lines
    from shared.readers.read import read_part

    contract = dataset.contract
    taken_by(contract, table, part)
    try:
        if table is None:
            written.add_records(number, part.filename, sharded_lines(part.head, content, part.filename, number))
        else:
            written.add_rows(table.name, number, read_batches(part, content, contract, table, number))
    except NotShardableError:
        written.forget(number)
        content.seek(0)
        whole = replace(part, stream=content)
        for name, rows in read_part(whole, contract, table.name if table else None, number).items():
            written.add_rows(name, number, rows.to_batches())
