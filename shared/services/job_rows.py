"""The rows of a job at each stage, for what its dataset hands out; read from storage when they are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
import pyarrow as pa

from shared.datasets.exporting import UploadFacts
from shared.frames.values import to_token
from shared.medallion.bronze import SourceFile, read_dataset
from shared.readers.archives import unpacked
from shared.readers.feeds import table_of_part
from shared.readers.read import numbered_parts
from shared.readers.rows import sequence_start
from shared.readers.sent_rows import sent_rows
from shared.readers.sniff import Kind
from shared.services.job_files import open_files, read_file
from shared.services.outputs import from_parquet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.contracts.table import Table
    from shared.datasets.catalogue import Dataset
    from shared.domain.job import Job
    from shared.domain.manifest import Manifest
    from shared.readers.archives import Part
    from shared.services.outputs import Outputs

_KINDS = {Kind.MARKUP: "html", Kind.DELIMITED: "csv", Kind.WORKBOOK: "xlsx", Kind.JSON: "json"}


@dataclass(frozen=True)
class StoredRows:
    """The rows of one run of a job, as :class:`~shared.datasets.exporting.JobRows`."""

    dataset: Dataset
    job: Job
    manifest: Manifest
    outputs: Outputs
    token_key: bytes

    @cached_property
    def facts(self) -> UploadFacts:
        """Who sent what when."""
        job, files = self.job, self.manifest.inputs
        return UploadFacts(
            upload_id=job.job_id,
            user_id=job.user_id,
            label=job.job_name,
            received_at=job.created_at,
            filenames=tuple(file.filename for file in files),
            kinds=tuple(dict.fromkeys(self._kinds())),
        )

    def extracted(self, table: str) -> pa.Table:
        """Return the rows of a table as they were read."""
        blobs, layout = self.outputs.blobs, self.outputs.layout
        files = [SourceFile(file.filename, read_file(blobs, layout, file), file.table) for file in self.manifest.inputs]
        return read_dataset(self.dataset, files).tables[table]

    def accepted(self, table: str) -> pa.Table:
        """Return the silver rows of a table."""
        blobs = self.outputs.blobs
        parts = [
            from_parquet(blobs.get(file.container, file.path)) for file in self.manifest.silver if file.table == table
        ]
        return pa.concat_tables(parts)

    def as_sent(self) -> pa.Table:
        """Return the rows of all delimited files as they were sent."""
        places: list[int] = []
        lines: list[bytes] = []
        for number, part, table in self._delimited():
            sent = sent_rows(part, table)
            start = sequence_start(number)
            for line, row in sent.rows:
                for name in sent.identifiers:
                    if cell := row.get(name, "").strip():
                        row[name] = self.tokens(pa.array([cell]))[0].as_py()
                places.append(start + line)
                lines.append(msgspec.json.encode(row))
        return pa.table({"row": pa.array(places, pa.int64()), "data": pa.array(lines, pa.binary()).cast(pa.string())})

    def tokens(self, values: pa.Array) -> pa.Array:
        """Return the tokens that stand in gold for personal texts."""
        return to_token(self.token_key)(values)

    def _kinds(self) -> Iterator[str]:
        """Yield what the files are, and those that are packed in them."""
        files = self.manifest.inputs
        streams = open_files(self.outputs.blobs, self.outputs.layout, files)
        for file, stream in zip(files, streams, strict=True):
            yield from (_KINDS[part.kind] for part in unpacked(stream, file.filename) if part.kind in _KINDS)

    def _delimited(self) -> Iterator[tuple[int, Part, Table]]:
        """Yield the delimited files with the numbers by which the readers know them, and the tables that they feed."""
        if "csv" not in self.facts.kinds:
            return
        for file_no, file in enumerate(self.manifest.inputs):
            data = read_file(self.outputs.blobs, self.outputs.layout, file)
            for number, part in numbered_parts(data, file.filename, file_no):
                table = table_of_part(self.dataset.contract, file.table, part)
                if part.kind is Kind.DELIMITED and table is not None:
                    yield number, part, table
