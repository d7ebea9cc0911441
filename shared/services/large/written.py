"""Writes frames on Spark as Parquet, as the small path would, and says what was written."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from shared.domain.report import WrittenFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shared.frames.engine import Frame

_SUFFIX = ".parquet"
_SCHEMA = "path string, rows bigint, size bigint, sha256 string"


def write(session: Any, frames: Mapping[str, Frame], uri: str) -> tuple[WrittenFile, ...]:
    """Write each frame to a folder of its name, replacing what is there; returns the files that came of it."""
    for name, frame in frames.items():
        native: Any = frame.to_native()
        _without_zones(native).write.mode("overwrite").option("compression", "zstd").parquet(f"{uri}{name}")
    return tuple(file for name in frames for file in _described(session, f"{uri}{name}", name))


def _without_zones(frame: Any) -> Any:
    """Write times as plain ones: all are UTC, and none says so in the files of the small path either."""
    timed = {name for name, kind in frame.dtypes if kind == "timestamp"}
    plain = {name: f"cast(`{name}` as timestamp_ntz) as `{name}`" for name in timed}
    return frame.selectExpr(*(plain.get(name, f"`{name}`") for name in frame.columns))


def _described(session: Any, folder: str, table: str) -> list[WrittenFile]:
    def describe(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for path, content in zip(batch.column("path").to_pylist(), batch.column("content"), strict=True):
                data = content.as_buffer()
                rows, digest = pq.ParquetFile(pa.BufferReader(data)).metadata.num_rows, hashlib.sha256(data)
                found = {"path": [path], "rows": [rows], "size": [data.size], "sha256": [digest.hexdigest()]}
                yield pa.RecordBatch.from_pydict(found)

    files = session.read.format("binaryFile").option("pathGlobFilter", f"*{_SUFFIX}").load(folder)
    found = files.select("path", "content").mapInArrow(describe, _SCHEMA).collect()
    names = ((row.path.rpartition("/")[2], row) for row in found)
    return [WrittenFile(table, f"{table}/{name}", row.rows, row.size, row.sha256) for name, row in sorted(names)]
