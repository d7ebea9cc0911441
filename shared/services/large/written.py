"""Says what Spark has written: the rows, size and hash of every file."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from shared.domain.report import WrittenFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SUFFIX = ".parquet"
_SCHEMA = "path string, rows bigint, size bigint, sha256 string"


def written_files(session: Any, tables: Iterable[str], uri: str) -> tuple[WrittenFile, ...]:
    """Return the files of tables that were each written to a folder of its name; in the order of the tables."""

    def describe(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for path, content in zip(batch.column("path").to_pylist(), batch.column("content"), strict=True):
                data = content.as_buffer()
                rows, digest = pq.ParquetFile(pa.BufferReader(data)).metadata.num_rows, hashlib.sha256(data)
                found = {"path": [path], "rows": [rows], "size": [data.size], "sha256": [digest.hexdigest()]}
                yield pa.RecordBatch.from_pydict(found)

    names = list(tables)
    if not names:
        return ()
    folders = [f"{uri}{name}" for name in names]
    files = session.read.format("binaryFile").option("pathGlobFilter", f"*{_SUFFIX}").load(folders)
    described = []
    for row in files.select("path", "content").mapInArrow(describe, _SCHEMA).collect():
        *_, table, file = row.path.split("/")
        described.append(WrittenFile(table, f"{table}/{file}", row.rows, row.size, row.sha256))
    return tuple(sorted(described, key=lambda one: (names.index(one.table), one.path)))
