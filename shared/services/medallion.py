"""One run of the small path: a job's files become silver, quarantine and gold, and a manifest that counts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shared.datasets.catalogue import load_dataset
from shared.domain.job import JobState
from shared.domain.manifest import Manifest
from shared.logs import stage
from shared.services.basis import basis_of
from shared.services.job_files import read_file
from shared.services.judgement import pass_judgement, remark_on

if TYPE_CHECKING:
    import pyarrow as pa

    from shared.datasets.catalogue import Dataset
    from shared.domain.intake import Intake
    from shared.domain.job import Job
    from shared.domain.ledger import Ledger
    from shared.domain.manifest import OutputFile
    from shared.domain.scorecard import Reconciled, Scorecard
    from shared.frames.engine import Engine, Frame
    from shared.medallion.context import RunContext
    from shared.medallion.silver import SilverResult
    from shared.ports import BlobStore, Clock, Warehouse
    from shared.services.basis import Basis
    from shared.services.journal import Run
    from shared.services.outputs import Outputs
    from shared.services.records import JobRecords

_FILES_AT_A_TIME = 4
#: Stands for the id of a run where nothing is written.
_NO_RUN = ""

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
        no row is good, too few are, or rows are unaccounted for; what is known of the rows is kept then. Raises
        :class:`UnavailableError` when rows refer to what was loaded before and the warehouse does not answer.
        """
        from shared.frames.engine import get_engine
        from shared.quality.scorecard import scorecard

        job, engine, intake = run.job, get_engine(self.engine), self.records.intake(run.job.job_id)
        dataset, layout, context = load_dataset(job.dataset), self.outputs.layout, self._context(job, run.run_id)
        basis = basis_of(intake, dataset, self.records, self.outputs)
        with stage("silver") as watch:
            result, reconciliation = self._refine(dataset, intake, basis, context, engine)
            verdicts = _tables(result.verdicts, engine)
            found = [name for name, table in verdicts.items() if table.num_rows]
            rejected = self.outputs.write(layout.quarantine(job, run.run_id), found, verdicts.pop)
            manifest = _manifest_of(context, intake, result, rejected)
            card = scorecard(dataset.contract, result.ledger, result.broken, reconciliation)
            pass_judgement(self.records, manifest, card)
            place, names = layout.cleaned(job, run.run_id), list(result.frames)
            cleaned = self.outputs.write(place, names, lambda name: engine.to_arrow(result.frames[name]))
        run.record(JobState.SILVER, ms=watch.ms, note=remark_on(result.ledger))
        with stage("gold") as watch:
            gold = _gold(dataset, result.frames, basis, context, engine)
            files = self.outputs.write(layout.analytics(job, run.run_id), list(gold), gold.__getitem__)
            rows = {file.table: file.rows for file in files}
            manifest = replace(manifest, silver=cleaned, gold=files, gold_rows=rows)
            manifest = self.records.claim_manifest(manifest)
        run.record(JobState.GOLD, ms=watch.ms, problem=None)
        return manifest, gold

    def judge(self, job: Job) -> tuple[Ledger, dict[str, pa.Table], Scorecard]:
        """Judge the rows of a job and write nothing; returns the ledger, the verdicts by table, and the scorecard.

        Raises :class:`UnreadableFileError` and :class:`UnavailableError` as a run does.
        """
        from shared.frames.engine import get_engine
        from shared.quality.scorecard import scorecard

        engine, intake = get_engine(self.engine), self.records.intake(job.job_id)
        dataset, context = load_dataset(job.dataset), self._context(job, _NO_RUN)
        basis = basis_of(intake, dataset, self.records, self.outputs)
        result, reconciliation = self._refine(dataset, intake, basis, context, engine)
        card = scorecard(dataset.contract, result.ledger, result.broken, reconciliation)
        return result.ledger, _tables(result.verdicts, engine), card

    def _context(self, job: Job, run_id: str) -> RunContext:
        from shared.medallion.context import RunContext

        return RunContext(
            job_id=job.job_id,
            run_id=run_id,
            user_id=job.user_id,
            as_of=job.as_of,
            loaded_at=self.clock.now(),
            token_key=self.token_key,
        )

    def _refine(
        self, dataset: Dataset, intake: Intake, basis: Basis | None, context: RunContext, engine: Engine
    ) -> tuple[SilverResult, tuple[Reconciled, ...]]:
        """Read the files and judge their rows, and return with them the figures that the files state of themselves.

        The bytes and the rows as read are let go on the way.
        """
        from shared.medallion import bronze, silver

        with ThreadPoolExecutor(_FILES_AT_A_TIME) as pool:
            contents = list(pool.map(lambda file: read_file(self.blobs, self.outputs.layout, file), intake.files))
        names = [file.filename for file in intake.files]
        tables = [file.table for file in intake.files]
        sources = list(map(bronze.SourceFile, names, contents, tables))
        del contents
        extracted = bronze.read_dataset(dataset, sources)
        del sources
        rows = extracted.tables
        delivered = {name for name, table in rows.items() if table.num_rows}
        loaded = self._loaded_keys(dataset, delivered, basis, engine, replaces=intake.replaces)
        frames = {name: engine.from_arrow(rows.pop(name)) for name in list(rows)}
        result = silver.refine(dataset.contract, frames, names, context, engine, loaded, extracted.findings)
        return result, extracted.reconciliation

    def _loaded_keys(
        self, dataset: Dataset, delivered: set[str], basis: Basis | None, engine: Engine, *, replaces: bool
    ) -> dict[str, Frame]:
        """Return the keys that delivered tables may refer to besides those of the job.

        They are in the warehouse, except of tables that this job replaces, and in what it builds on.
        """
        import pyarrow as pa

        tables = dataset.contract.tables
        replaced = {table.name for table in tables if table.load == "replace" and replaces} & delivered
        targets = {rule.target for table in tables if table.name in delivered for rule in table.rules}
        found = {}
        for name, column in targets:
            holder = None if name in replaced else dataset.holder_of(name)
            keys = self.warehouse.keys(holder.name, holder.key[0]) if holder else None
            known = [keys.rename_columns([column])] if keys is not None else []
            if basis is not None and name in basis.silver:
                known.append(basis.silver[name].select([column]))
            if known:
                found[name] = engine.from_arrow(pa.concat_tables(known))
        return found


def _gold(
    dataset: Dataset, silver: dict[str, Frame], basis: Basis | None, context: RunContext, engine: Engine
) -> dict[str, pa.Table]:
    """Return a run's gold; of a correction, what its rows add to that of the jobs it builds on."""
    from shared.medallion.gold import build

    frames = silver if basis is None else basis.with_rows(silver, engine)
    gold = _tables(build(dataset, frames, context, engine), engine)
    return gold if basis is None else basis.additions(gold)


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
