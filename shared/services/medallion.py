"""One run of the small path: a job's files become silver, quarantine and gold, and a manifest that counts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shared.datasets.catalogue import load_dataset
from shared.domain.job import JobState
from shared.domain.ledger import totals, unbalanced
from shared.domain.manifest import Manifest
from shared.errors import DataRejectedError
from shared.logs import stage
from shared.services.job_files import read_file

if TYPE_CHECKING:
    import pyarrow as pa

    from shared.contracts.model import Contract
    from shared.datasets.catalogue import Dataset
    from shared.domain.intake import Intake
    from shared.domain.manifest import OutputFile
    from shared.frames.engine import Engine, Frame
    from shared.medallion.context import RunContext
    from shared.medallion.silver import SilverResult
    from shared.ports import BlobStore, Clock, Warehouse
    from shared.services.journal import Run
    from shared.services.outputs import Outputs
    from shared.services.records import JobRecords

_FILES_AT_A_TIME = 4

# The frame libraries take a second to load: they are imported by the first job, not on the way to the functions.
# ruff: noqa: PLC0415


@dataclass(frozen=True, slots=True)
class Medallion:
    """Runs jobs on one engine, in this process."""

    blobs: BlobStore
    records: JobRecords
    outputs: Outputs
    warehouse: Warehouse
    clock: Clock
    engine: str
    token_key: bytes

    def __call__(self, run: Run) -> tuple[Manifest, dict[str, pa.Table]]:
        """Return the manifest that counts, this run's unless another was faster, and the gold of this run.

        Raises :class:`UnreadableFileError` for a file that cannot be read, and :class:`DataRejectedError` when
        no row is good or rows are unaccounted for; what is known of the rows is kept then. Raises
        :class:`UnavailableError` when rows refer to what was loaded before and the warehouse does not answer.
        """
        from shared.frames.engine import get_engine
        from shared.medallion.context import RunContext

        job, engine, intake = run.job, get_engine(self.engine), self.records.intake(run.job.job_id)
        dataset, layout = load_dataset(job.dataset), self.outputs.layout
        context = RunContext(
            job_id=job.job_id,
            run_id=run.run_id,
            user_id=job.user_id,
            as_of=job.as_of,
            loaded_at=self.clock.now(),
            token_key=self.token_key,
        )
        with stage("silver") as watch:
            result = self._refine(dataset, intake, context, engine)
            verdicts = _tables(result.verdicts, engine)
            found = [name for name, table in verdicts.items() if table.num_rows]
            rejected = self.outputs.write(layout.quarantine(job, run.run_id), found, verdicts.pop)
            manifest = _manifest_of(context, intake, result, rejected)
            self._refuse_bad(manifest)
            place, names = layout.cleaned(job, run.run_id), list(result.frames)
            cleaned = self.outputs.write(place, names, lambda name: engine.to_arrow(result.frames[name]))
        run.record(JobState.SILVER, ms=watch.ms)
        with stage("gold") as watch:
            gold = _gold(dataset, result.frames, context, engine)
            files = self.outputs.write(layout.analytics(job, run.run_id), list(gold), gold.__getitem__)
            rows = {file.table: file.rows for file in files}
            manifest = replace(manifest, silver=cleaned, gold=files, gold_rows=rows)
            manifest = self.records.claim_manifest(manifest)
        run.record(JobState.GOLD, ms=watch.ms, problem=None)
        return manifest, gold

    def _refine(self, dataset: Dataset, intake: Intake, context: RunContext, engine: Engine) -> SilverResult:
        """Read the files and judge their rows; the bytes and the rows as read are let go on the way."""
        from shared.medallion import bronze, silver

        with ThreadPoolExecutor(_FILES_AT_A_TIME) as pool:
            contents = list(pool.map(lambda file: read_file(self.blobs, self.outputs.layout, file), intake.files))
        names = [file.filename for file in intake.files]
        tables = [file.table for file in intake.files]
        sources = list(map(bronze.SourceFile, names, contents, tables))
        del contents
        rows = bronze.read(dataset.contract, sources)
        del sources
        loaded = self._loaded_keys(dataset.contract, {name for name, table in rows.items() if table.num_rows}, engine)
        frames = {name: engine.from_arrow(rows.pop(name)) for name in list(rows)}
        return silver.refine(dataset.contract, frames, names, context, engine, loaded)

    def _loaded_keys(self, contract: Contract, delivered: set[str], engine: Engine) -> dict[str, Frame]:
        """Return the keys in the warehouse that delivered tables refer to, where silver itself is what lies there."""
        if not contract.publishes_silver:
            return {}
        targets = {rule.target for table in contract.tables if table.name in delivered for rule in table.rules}
        found = {table: self.warehouse.keys(table, column) for table, column in targets}
        return {table: engine.from_arrow(keys) for table, keys in found.items() if keys is not None}

    def _refuse_bad(self, manifest: Manifest) -> None:
        """Stop a run whose rows may not go on, keeping what was found out."""
        counts, wrong = totals(manifest.ledger), unbalanced(manifest.ledger)
        if counts.silver and not wrong:
            return
        self.records.save_failed_run(manifest)
        if wrong:
            raise DataRejectedError(
                f"The rows of {', '.join(wrong)} do not add up: some were lost or counted twice.",
                code="ledger_unbalanced",
                advice="This is a fault of the program: tell the operator the job's id.",
                tables=wrong,
            )
        if not counts.read:
            raise DataRejectedError("The files hold no row of this dataset.", code="no_good_rows")
        raise DataRejectedError(f"None of the {counts.read:,} rows can be used.", code="no_good_rows")


def _gold(dataset: Dataset, silver: dict[str, Frame], context: RunContext, engine: Engine) -> dict[str, pa.Table]:
    from shared.medallion.gold import build

    return _tables(build(dataset, silver, context, engine), engine)


def _tables(frames: dict[str, Frame], engine: Engine) -> dict[str, pa.Table]:
    """Turn frames into Arrow tables, letting each frame go as its table appears."""
    return {name: engine.to_arrow(frames.pop(name)) for name in list(frames)}


def _manifest_of(
    context: RunContext, intake: Intake, result: SilverResult, quarantine: tuple[OutputFile, ...]
) -> Manifest:
    """Return what is known after silver: the manifest without silver and gold."""
    return Manifest(
        job_id=context.job_id,
        run_id=context.run_id,
        dataset=intake.dataset,
        contract_version=intake.contract_version,
        as_of=context.as_of,
        loaded_at=context.loaded_at,
        ledger=result.ledger,
        rule_counts=result.rule_counts,
        gold_rows={},
        silver=(),
        quarantine=quarantine,
        gold=(),
        inputs=intake.files,
    )
