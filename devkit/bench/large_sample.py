"""Samples for the large path: of any size, made in parts, and cut into shards as the app cuts them."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import msgspec

from devkit.bench.sample_files import answers_of, write_sample
from shared.services.large.bronze import INDEX, SHARDS
from shared.services.large.written_shards import WrittenShards

if TYPE_CHECKING:
    from pathlib import Path

    from shared.ports import BlobStore

#: The generator keeps a whole sample in memory, so larger ones are put together from several.
_PART_RECORDS = 100_000
_HEAD_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class _Folder:
    """The one thing that is asked of a store of blobs to write shards: to put one there."""

    root: Path

    def put(self, container: str, path: str, data: bytes) -> None:
        file = self.root / container / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def write_large_sample(folder: Path, records: int, seed: int) -> Path:
    """Write a sample of one record a line and beside it its answer key; returns the sample's path.

    No id occurs in two of the parts that it is made of, so the answers of the whole are those of the parts.
    """
    whole = folder / f"{records}-{seed}.ndjson"
    answers: dict[str, dict[str, dict[str, Any]]] = {}
    with whole.open("wb") as file:
        for number, start in enumerate(range(0, records, _PART_RECORDS)):
            size = min(_PART_RECORDS, records - start)
            part = write_sample(folder, size, seed * 1000 + number, one_a_line=True)
            file.write(part.read_bytes())
            _add_answers(answers, json.loads(answers_of(part).read_bytes())["tables"], start)
            part.unlink()
    answers_of(whole).write_text(json.dumps({"tables": answers}))
    return whole


def _add_answers(answers: dict[str, Any], of_part: dict[str, Any], start: int) -> None:
    """Add the answers of a part whose records stand behind ``start`` others."""
    for table, told in of_part.items():
        so_far = answers.setdefault(table, {"quarantined": {}, "duplicate": {}, "findings": {}})
        for kind, rows in so_far.items():
            found = told[kind]
            values = found if isinstance(found, dict) else dict.fromkeys(found)
            rows.update({str(int(row) + start): value for row, value in values.items()})


def cut(sample: Path, job: Path) -> float:
    """Cut a sample into shards below the folder ``job``; returns the seconds that this took."""
    from shared.readers.json_shards import sharded_lines  # noqa: PLC0415 - frame libraries

    start = time.perf_counter()
    written = WrittenShards(cast("BlobStore", _Folder(job)), (".", SHARDS))
    with sample.open("rb") as head, sample.open("rb") as stream:
        written.add_records(0, sample.name, sharded_lines(head.read(_HEAD_BYTES), stream, sample.name, 0))
    (job / INDEX).write_bytes(msgspec.json.encode(written.index([sample.name])))
    return time.perf_counter() - start
