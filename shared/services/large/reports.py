"""Takes what the notebooks report of a run and makes the manifest of the job of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import msgspec

from shared.domain.manifest import Manifest, OutputFile
from shared.domain.report import GoldReport, SilverReport

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.domain.job import Job
    from shared.domain.report import WrittenFile
    from shared.domain.scorecard import Scorecard
    from shared.ports import BlobStore
    from shared.services.layout import Layout
    from shared.services.records import JobRecords

T = TypeVar("T", SilverReport, GoldReport)


@dataclass(frozen=True, slots=True)
class Reports:
    """Reads reports; each raises :class:`~shared.errors.NotFoundError` before its notebook has written it."""

    blobs: BlobStore
    layout: Layout
    records: JobRecords

    def silver(self, job: Job, run_id: str) -> tuple[Manifest, Scorecard]:
        """Return what is known of a run after silver: its manifest without gold, and its scorecard."""
        report, intake = self._read(job, run_id, SilverReport), self.records.intake(job.job_id)
        manifest = Manifest(
            job_id=job.job_id,
            run_id=run_id,
            dataset=job.dataset,
            contract_version=intake.contract_version,
            as_of=job.as_of,
            loaded_at=report.loaded_at,
            ledger=report.ledger,
            rule_counts=report.rule_counts,
            gold_rows={},
            silver=_outputs(self.layout.cleaned(job, run_id), report.silver),
            quarantine=_outputs(self.layout.quarantine(job, run_id), report.quarantine),
            gold=(),
            inputs=intake.files,
        )
        return manifest, report.scorecard

    def gold(self, job: Job, run_id: str) -> Manifest:
        """Return the whole manifest of a run."""
        report = self._read(job, run_id, GoldReport)
        manifest, _ = self.silver(job, run_id)
        gold = _outputs(self.layout.analytics(job, run_id), report.gold)
        return replace(manifest, gold=gold, gold_rows=report.rows)

    def _read(self, job: Job, run_id: str, kind: type[T]) -> T:
        stage = "silver" if kind is SilverReport else "gold"
        return msgspec.json.decode(self.blobs.get(*self.layout.report(job.job_id, run_id, stage)), type=kind)


def _outputs(place: tuple[str, str], files: Iterable[WrittenFile]) -> tuple[OutputFile, ...]:
    container, prefix = place
    return tuple(
        OutputFile(container, f"{prefix}{file.path}", file.table, file.rows, file.size, file.sha256) for file in files
    )
