"""Where a contender puts its results: one Parquet file for each table of each layer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

Frame = TypeVar("Frame")

SILVER, QUARANTINE, GOLD = "silver", "quarantine", "gold"
COMPRESSION: Final = "zstd"
_AT_A_TIME = 4


def write_layers(layers: Mapping[str, Mapping[str, Frame]], out: Path, save: Callable[[Frame, Path], object]) -> None:
    """Write every table of every layer to ``<out>/<layer>/<table>.parquet``, a few at a time, by ``save``."""
    files = []
    for layer, tables in layers.items():
        (out / layer).mkdir(parents=True)
        files += [(frame, out / layer / f"{table}.parquet") for table, frame in tables.items()]
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        list(pool.map(lambda file: save(*file), files))
