"""The Parquet files of a run: written side by side, found through the manifest, cleared away when they do not count."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.domain.job import RUN_PREFIX, attempt_of
from shared.domain.manifest import OutputFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import pyarrow as pa

    from shared.domain.job import Job
    from shared.ports import BlobStore
    from shared.services.layout import Layout

_AT_A_TIME = 4
_COMPRESSION = "zstd"
_ROWS_AT_A_TIME = 65_536


@dataclass(frozen=True, slots=True)
class Outputs:
    """Reads and writes the outputs of runs."""

    blobs: BlobStore
    layout: Layout

    def write(
        self, place: tuple[str, str], names: Iterable[str], table_of: Callable[[str], pa.Table]
    ) -> tuple[OutputFile, ...]:
        """Write one file for each table under a container and prefix; ``table_of`` is asked when its turn comes."""
        container, prefix = place

        def write_one(name: str) -> OutputFile:
            table = table_of(name)
            data, path = to_parquet(table), f"{prefix}{name}/part-00000.parquet"
            self.blobs.put(container, path, data)
            return OutputFile(container, path, name, table.num_rows, len(data), hashlib.sha256(data).hexdigest())

        with ThreadPoolExecutor(_AT_A_TIME) as pool:
            return tuple(pool.map(write_one, names))

    def read(self, files: Iterable[OutputFile]) -> Mapping[str, pa.Table]:
        """Return the tables of some outputs by name; a table may lie in several files."""
        import pyarrow as pa  # noqa: PLC0415 - heavy, and not needed on the way to the functions

        wanted = list(files)
        found: dict[str, list[pa.Table]] = {}
        with ThreadPoolExecutor(_AT_A_TIME) as pool:
            tables = pool.map(lambda file: from_parquet(self.blobs.get(file.container, file.path)), wanted)
            for file, table in zip(wanted, tables, strict=True):
                found.setdefault(file.table, []).append(table)
        return {name: pa.concat_tables(parts) if parts[1:] else parts[0] for name, parts in found.items()}

    def stream(self, files: Sequence[OutputFile]) -> pa.RecordBatchReader:
        """Return the rows of one table's files, at least one, as a reader that holds a few batches at a time."""
        import pyarrow as pa  # noqa: PLC0415
        import pyarrow.parquet as pq  # noqa: PLC0415

        def batches(schema: pa.Schema) -> Iterator[pa.RecordBatch]:
            for file in files:
                with self.blobs.open(file.container, file.path) as source:
                    for batch in pq.ParquetFile(source).iter_batches(_ROWS_AT_A_TIME):
                        yield batch.cast(schema)

        schema = self.schema(files[0])
        return pa.RecordBatchReader.from_batches(schema, batches(schema))

    def schema(self, file: OutputFile) -> pa.Schema:
        """Return the columns of a file; the rows are not read."""
        import pyarrow.parquet as pq  # noqa: PLC0415

        with self.blobs.open(file.container, file.path) as source:
            return pq.read_schema(source)

    def clear_staging(self, job_id: str) -> None:
        """Delete what the large path needed of a job."""
        container, prefix = self.layout.staged(job_id)
        for path in list(self.blobs.list(container, prefix)):
            self.blobs.delete(container, path)

    def keep_only(self, job: Job, run_id: str | None) -> None:
        """Delete the outputs of all runs of a job but one, up to its present attempt.

        A later attempt may have begun by now; its runs are left alone.
        """
        self._delete(job, lambda run: run != run_id and attempt_of(run) <= job.attempt)

    def discard(self, job: Job, run_id: str) -> None:
        """Delete the outputs of one run."""
        self._delete(job, lambda run: run == run_id)

    def _delete(self, job: Job, is_condemned: Callable[[str], bool]) -> None:
        for container, prefix in self.layout.places(job):
            for path in list(self.blobs.list(container, prefix)):
                run = path.removeprefix(prefix).partition("/")[0]
                if run.startswith(RUN_PREFIX) and is_condemned(run):
                    self.blobs.delete(container, path)


def to_parquet(table: pa.Table) -> bytes:
    """Return a table as Parquet; the same rows always give the same bytes."""
    import pyarrow as pa  # noqa: PLC0415 - heavy, and not needed by the functions that only answer requests
    import pyarrow.parquet as pq  # noqa: PLC0415

    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression=_COMPRESSION)
    return bytes(sink.getvalue())


def from_parquet(data: bytes) -> pa.Table:
    """Return the table that Parquet bytes hold."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    return pq.read_table(pa.BufferReader(data))
