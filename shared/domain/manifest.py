"""The manifest: the one small file whose appearance makes a run's outputs count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.domain.ledger import Balance, Ledger

if TYPE_CHECKING:
    from collections.abc import Mapping


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
    """What one run of a job produced. Written once, atomically; readers find outputs only through it."""

    job_id: str
    run_id: str
    dataset: str
    contract_version: int
    as_of: str
    loaded_at: str
    ledger: Ledger
    rule_counts: dict[str, dict[str, int]]
    gold_rows: dict[str, int]
    silver: tuple[OutputFile, ...]
    quarantine: tuple[OutputFile, ...]
    gold: tuple[OutputFile, ...]
    inputs: tuple[dict[str, Any], ...]

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Manifest:
        """Rebuild a manifest from what ``dataclasses.asdict`` made of it."""
        values = dict(raw)
        values["ledger"] = {table: Balance(**counts) for table, counts in raw["ledger"].items()}
        for kind in ("silver", "quarantine", "gold"):
            values[kind] = tuple(OutputFile(**file) for file in raw[kind])
        values["inputs"] = tuple(raw["inputs"])
        return cls(**values)
