"""Lays out for the notebooks what they need of a job, and says where they read and write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.datasets.catalogue import load_dataset
from shared.services.outputs import to_parquet

if TYPE_CHECKING:
    from shared.domain.job import Job
    from shared.ports import BlobStore, Warehouse
    from shared.services.layout import Layout
    from shared.services.records import JobRecords

#: Stands in a storage address for the name of a container.
CONTAINER = "{container}"


@dataclass(frozen=True, slots=True)
class LargeInputs:
    """Writes the inputs of runs. ``storage`` is the address of the store, with ``{container}`` for a container."""

    blobs: BlobStore
    layout: Layout
    records: JobRecords
    warehouse: Warehouse
    storage: str

    def prepare(self, job: Job) -> None:
        """Make the containers that notebooks write to, and write the keys to which rows may refer; may be repeated.

        A table that the job replaces has none. Raises :class:`UnavailableError` when rows may refer to what was loaded
        before and the warehouse does not answer.
        """
        for container in (self.layout.silver, self.layout.gold):
            self.blobs.prepare(container)
        dataset, replaced = load_dataset(job.dataset), self._replaced(job)
        for name, column in sorted({rule.target for table in dataset.contract.tables for rule in table.rules}):
            holder = None if name in replaced else dataset.holder_of(name)
            keys = self.warehouse.keys(holder.name, holder.key[0]) if holder else None
            if keys is not None:
                self.blobs.put(*self.layout.reference(job.job_id, name), to_parquet(keys.rename_columns([column])))

    def addresses(self, job: Job, run_id: str) -> dict[str, str]:
        """Return where the notebooks of a run read and write, by the names of their widgets; all are folders."""
        return {
            "inputUri": self._address(*self.layout.staged(job.job_id)),
            "workUri": self._address(*self.layout.work(job.job_id, run_id)),
            "silverUri": self._address(*self.layout.cleaned(job, run_id)),
            "quarantineUri": self._address(*self.layout.quarantine(job, run_id)),
            "goldUri": self._address(*self.layout.analytics(job, run_id)),
            "manifestUri": self._address(*self.layout.run_records(job.job_id, run_id)),
        }

    def _replaced(self, job: Job) -> set[str]:
        """Return the tables that a job brings as a whole; a file that names no table feeds all of them."""
        feeds = {file.table for file in self.records.intake(job.job_id).files}
        tables = load_dataset(job.dataset).contract.tables
        return {table.name for table in tables if table.load == "replace" and not feeds.isdisjoint({table.name, None})}

    def _address(self, container: str, path: str) -> str:
        return self.storage.replace(CONTAINER, container) + path
