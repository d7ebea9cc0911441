"""The manifest: the one small file whose appearance makes a run's outputs count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - the annotations are read when a manifest is decoded

from shared.domain.job import JobFile  # noqa: TC001 - likewise
from shared.domain.ledger import Ledger  # noqa: TC001 - likewise


@dataclass(frozen=True, slots=True)
class OutputFile:
    """One Parquet file of a run: its container, path, rows, size in bytes and SHA-256."""

    container: str
    path: str
    table: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one run of a job produced. Written once, atomically; readers find outputs only through it.

    A failed run leaves the same account of itself where it belongs to that run alone.
    """

    job_id: str
    run_id: str
    dataset: str
    contract_version: int
    as_of: datetime
    loaded_at: datetime
    ledger: Ledger
    rule_counts: dict[str, dict[str, int]]
    gold_rows: dict[str, int]
    silver: tuple[OutputFile, ...]
    quarantine: tuple[OutputFile, ...]
    gold: tuple[OutputFile, ...]
    inputs: tuple[JobFile, ...]
