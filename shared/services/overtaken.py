"""Whether later jobs have replaced the tables of an older one, so that nothing of it would be loaded any more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.datasets.catalogue import load_dataset
from shared.errors import ConflictError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from shared.domain.job import Job
    from shared.ports import Warehouse
    from shared.services.records import JobRecords


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Tells of it before work is done in vain. What is loaded, the warehouse decides by itself."""

    records: JobRecords
    warehouse: Warehouse

    def refuse_replay(self, job: Job) -> None:
        """Raise :class:`ConflictError` when later jobs have replaced all that a job feeds.

        Raises :class:`UnavailableError` when the warehouse has to be asked and does not answer.
        """
        fed = {file.table for file in self.records.intake(job.job_id).files}
        tables = {table.name for table in load_dataset(job.dataset).contract.tables}
        by = self._by(job, tables if None in fed else {name for name in fed if name})
        if by and all(by.values()):
            raise _conflict(job, by)

    def refuse_correction(self, job: Job, tables: Collection[str]) -> None:
        """Raise :class:`ConflictError` when later jobs have replaced one of the tables to be corrected.

        Raises :class:`UnavailableError` as :meth:`refuse_replay` does.
        """
        by = {table: job_id for table, job_id in self._by(job, tables).items() if job_id}
        if by:
            raise _conflict(job, by)

    def _by(self, job: Job, tables: Collection[str]) -> dict[str, str | None]:
        """Return for each warehouse table made of these tables which later job has replaced it, if any."""
        dataset = load_dataset(job.dataset)
        if not any(table.load == "replace" for table in dataset.contract.tables if table.name in tables):
            return {}
        replacements, order = self.warehouse.replacements(), self.records.intake(job.job_id).order
        made = [gold.name for gold in dataset.gold if not gold.aggregate and not set(tables).isdisjoint(gold.inputs)]
        later = {name: found for name in made if (found := replacements.get(name)) and found.order > order}
        return {name: later[name].job_id if name in later else None for name in made}


def _conflict(job: Job, by: Mapping[str, str | None]) -> ConflictError:
    latest = next(iter(by.values()))
    return ConflictError(
        f"Job {latest} was sent after job {job.job_id} and has replaced {', '.join(by)}, so older rows stay out.",
        code="replaced_since",
        advice="Work on that job. To bring the older rows back, send their files again with force, or delete that job.",
        by=latest,
        tables=list(by),
    )
