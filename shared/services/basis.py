"""What a correction builds on: the accepted rows and the gold of the jobs before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from shared.datasets.catalogue import Dataset
    from shared.domain.intake import Intake
    from shared.domain.manifest import OutputFile
    from shared.frames.engine import Engine, Frame
    from shared.services.outputs import Outputs
    from shared.services.records import JobRecords

_Keys = dict[str, tuple[str, ...]]

# The frame libraries are imported by the first job, not on the way to the functions.
# ruff: noqa: PLC0415


@dataclass(frozen=True, slots=True)
class Basis:
    """The rows of silver and of gold before a correction, by table; of equal keys the latest."""

    dataset: Dataset
    silver: Mapping[str, pa.Table]
    gold: Mapping[str, pa.Table]

    def with_rows(self, frames: Mapping[str, Frame], engine: Engine) -> dict[str, Frame]:
        """Return the rows of silver before a correction together with its own."""
        from shared.medallion.additions import latest_rows

        joined = {}
        for table in self.dataset.contract.tables:
            rows = [self.silver[table.name]] if table.name in self.silver else []
            rows.append(engine.to_arrow(frames[table.name]))
            joined[table.name] = engine.from_arrow(latest_rows(rows, table.key))
        return joined

    def additions(self, gold: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
        """Return the rows of gold that are new or changed."""
        from shared.medallion.additions import new_rows

        return {name: new_rows(rows, self.gold[name]) if name in self.gold else rows for name, rows in gold.items()}


def basis_of(intake: Intake, dataset: Dataset, records: JobRecords, outputs: Outputs) -> Basis | None:
    """Return what a job builds on; None for one that is no correction, or corrects a job of no good row.

    A job that was deleted meanwhile has left nothing to build on.
    """
    manifests = [found for job_id in intake.builds_on if (found := records.manifest(job_id)) is not None]
    if not manifests:
        return None
    silver: _Keys = {table.name: table.key for table in dataset.contract.tables}
    gold: _Keys = {table.name: table.key for table in dataset.gold}
    return Basis(
        dataset,
        _latest([manifest.silver for manifest in manifests], silver, outputs),
        _latest([manifest.gold for manifest in manifests], gold, outputs),
    )


def _latest(files: list[tuple[OutputFile, ...]], keys: _Keys, outputs: Outputs) -> dict[str, pa.Table]:
    from shared.medallion.additions import latest_rows

    read = [outputs.read(each) for each in files]
    found = {name: [tables[name] for tables in read if name in tables] for name in keys}
    return {name: latest_rows(tables, keys[name]) for name, tables in found.items() if tables}
