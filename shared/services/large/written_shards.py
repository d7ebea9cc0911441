"""Writes the shards of a job, and keeps account of them for the index."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

from shared.domain.shards import Part, ShardIndex
from shared.services.outputs import to_parquet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from shared.domain.scorecard import Reconciled
    from shared.ports import BlobStore

#: Spark divides files of lines further, and reads one of rows in one go.
SHARD_BYTES = 64 << 20
SHARD_ROWS = 500_000


@dataclass
class WrittenShards:
    """The shards that were written so far, each under the number of its part.

    ``told`` is called with the number of records or rows each time that some more were taken up.
    """

    blobs: BlobStore
    place: tuple[str, str]
    told: Callable[[int], None] = lambda _: None
    reconciliation: list[Reconciled] = field(default_factory=list)
    _parts: dict[int, Part] = field(default_factory=dict)
    _records: dict[int, list[str]] = field(default_factory=dict)
    _rows: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    _findings: dict[str, list[pa.Table]] = field(default_factory=dict)

    def index(self, files: Iterable[str]) -> ShardIndex:
        """Write what is left to write, and return the index of it all."""
        findings = {name: f"findings/{name}.parquet" for name in self._findings}
        for name, path in findings.items():
            self._put(path, to_parquet(pa.concat_tables(self._findings[name])))
        rows: dict[str, tuple[str, ...]] = {}
        for (name, _), paths in self._rows.items():
            rows[name] = (*rows.get(name, ()), *paths)
        return ShardIndex(
            files=tuple(files),
            parts=self._parts,
            records=tuple(path for paths in self._records.values() for path in paths),
            rows=rows,
            findings=findings,
            reconciliation=tuple(self.reconciliation),
        )

    def add_records(self, number: int, filename: str, lines: Iterable[bytes]) -> None:
        """Write lines, each a record."""
        self._parts[number] = Part(filename, None)
        paths = self._records.setdefault(number, [])
        for data, count in _joined(lines):
            path = f"records/{number}-{len(paths):05}.ndjson"
            self._put(path, data)
            paths.append(path)
            self.told(count)

    def add_rows(self, table: str, number: int, batches: Iterable[pa.RecordBatch]) -> None:
        """Write rows as the readers give them."""
        paths = self._rows.setdefault((table, number), [])
        for rows in _gathered(self._counted(batches)):
            path = f"rows/{table}/{number}-{len(paths):05}.parquet"
            self._put(path, to_parquet(rows))
            paths.append(path)

    def add_findings(self, table: str, told: pa.Table) -> None:
        """Keep what the dataset's own reader says of rows."""
        self._findings.setdefault(table, []).append(told)

    def forget(self, number: int) -> None:
        """Leave out what was written of a part; its shards are written over, or cleared away with the job's."""
        self._parts.pop(number, None)
        self._records.pop(number, None)
        self._rows = {key: paths for key, paths in self._rows.items() if key[1] != number}

    def _counted(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield batch
            self.told(batch.num_rows)

    def _put(self, path: str, data: bytes) -> None:
        container, prefix = self.place
        self.blobs.put(container, f"{prefix}{path}", data)


def _joined(lines: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
    """Yield lines joined to shards, each with how many they are."""
    shard, count = io.BytesIO(), 0
    for line in lines:
        shard.write(line)
        count += 1
        if shard.tell() >= SHARD_BYTES:
            yield shard.getvalue(), count
            shard, count = io.BytesIO(), 0
    if count:
        yield shard.getvalue(), count


def _gathered(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Yield batches gathered to shards."""
    kept: list[pa.RecordBatch] = []
    rows, size = 0, 0
    for batch in batches:
        kept.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= SHARD_ROWS or size >= SHARD_BYTES:
            yield pa.Table.from_batches(kept)
            kept, rows, size = [], 0, 0
    if rows:
        yield pa.Table.from_batches(kept)
