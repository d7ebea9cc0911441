"""Strata itself, as far as the engine goes: the file's bytes to Parquet files, without queue, storage or warehouse."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from devkit.bench.layers import COMPRESSION, GOLD, QUARANTINE, SILVER, write_layers
from devkit.bench.rules import JOB_ID, LOADED_AT, TOKEN_KEY, USER_ID
from shared.bootstrap.memory import frugal_memory
from shared.datasets.catalogue import load_dataset
from shared.frames.engine import get_engine
from shared.medallion import bronze, gold, silver
from shared.medallion.context import RunContext

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    import pyarrow as pa

    from shared.frames.engine import Engine, Frame


def run_on(engine_name: str, dataset_name: str, source: Path, as_of: datetime, out: Path) -> None:
    """Clean a file, or those in a folder named after their tables, and write the layers as Parquet below ``out``."""
    with frugal_memory():
        _clean(engine_name, dataset_name, source, as_of, out)


def _clean(engine_name: str, dataset_name: str, source: Path, as_of: datetime, out: Path) -> None:
    engine, dataset = get_engine(engine_name), load_dataset(dataset_name)
    as_of = as_of.replace(tzinfo=UTC)
    context = RunContext(
        job_id=JOB_ID,
        run_id="run",
        user_id=USER_ID,
        as_of=as_of,
        loaded_at=LOADED_AT.replace(tzinfo=UTC),
        token_key=TOKEN_KEY,
    )
    files = _files(source)
    names = [file.filename for file in files]
    read = bronze.read_dataset(dataset, files)
    del files
    frames = {name: engine.from_arrow(read.tables.pop(name)) for name in list(read.tables)}
    refined = silver.refine(dataset.contract, frames, names, context, engine, told=read.findings)
    layers = {
        SILVER: refined.frames,
        QUARANTINE: refined.verdicts,
        GOLD: gold.build(dataset, refined.frames, context, engine),
    }
    write_layers(layers, out, lambda frame, path: _save(engine, frame, path))


def _files(source: Path) -> list[bronze.SourceFile]:
    if source.is_dir():
        return [bronze.SourceFile(path.name, path.read_bytes(), path.stem) for path in sorted(source.iterdir())]
    return [bronze.SourceFile(source.name, source.read_bytes())]


def _save(engine: Engine, frame: Frame, path: Path) -> None:
    table: pa.Table = engine.to_arrow(frame)
    pq.write_table(table, path, compression=COMPRESSION)
