"""The large path by hand: the notebooks in this process, on Arrow, and what a pipeline asks of the app."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec

from shared.datasets.catalogue import load_dataset
from shared.domain.report import GoldReport, SilverReport, WrittenFile
from shared.frames.engine import get_engine
from shared.medallion.context import RunContext
from shared.medallion.gold import build
from shared.quality.scorecard import scorecard
from shared.services.large.report_step import Step, StepReport
from shared.services.outputs import to_parquet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pyarrow as pa

    from shared.bootstrap import App
    from shared.frames.engine import Frame
    from shared.services.large.hand_out import ClaimedJob
    from tests.integration.services.conftest import Bench


class Notebooks:
    """Both notebooks of a claimed job; a test may have them say something else than they have written."""

    def __init__(self, app: App, claimed: ClaimedJob) -> None:
        self.app, self.job, self.run_id = app, claimed.job, claimed.claim.run_id
        self._loaded_at = claimed.claim.claimed_at
        self._engine = get_engine("pyarrow")
        self._dataset = load_dataset(self.job.dataset)
        self._silver: dict[str, Frame] = {}

    def bronze_to_silver(self, say: Callable[[SilverReport], SilverReport] = lambda said: said) -> None:
        self._say("silver", say(self._judged))

    def silver_to_gold(self, say: Callable[[GoldReport], GoldReport] = lambda said: said) -> None:
        self._say("gold", say(self._refined))

    @cached_property
    def _judged(self) -> SilverReport:
        medallion, layout = self.app._medallion, self.app._layout
        intake = self.app._records.intake(self.job.job_id)
        result, stated = medallion._refine(self._dataset, intake, None, self._context, self._engine)
        self._silver = result.frames
        return SilverReport(
            run_id=self.run_id,
            loaded_at=self._loaded_at,
            ledger=result.ledger,
            rule_counts=result.rule_counts,
            scorecard=scorecard(self._dataset.contract, result.ledger, result.broken, stated),
            silver=self._written(layout.cleaned(self.job, self.run_id), result.frames),
            quarantine=self._written(layout.quarantine(self.job, self.run_id), result.verdicts),
        )

    @cached_property
    def _refined(self) -> GoldReport:
        place = self.app._layout.analytics(self.job, self.run_id)
        gold = build(self._dataset, self._silver, self._context, self._engine)
        return GoldReport(self.run_id, self._written(place, gold))

    @property
    def _context(self) -> RunContext:
        job = self.job
        return RunContext(job.job_id, self.run_id, job.user_id, job.as_of, self._loaded_at, self.app._token_key)

    def _written(self, place: tuple[str, str], frames: dict[str, Frame]) -> tuple[WrittenFile, ...]:
        """Write the first table in two files, as Spark does with large ones, and the mark that it leaves beside."""
        container, prefix = place
        tables = {name: self._engine.to_arrow(frame) for name, frame in frames.items()}
        first, *others = tables
        half = tables[first].num_rows // 2
        parts = [(first, 0, tables[first].slice(0, half)), (first, 1, tables[first].slice(half))]
        parts += [(name, 0, tables[name]) for name in others]

        def write(part: tuple[str, int, pa.Table]) -> WrittenFile:
            name, number, rows = part
            data, path = to_parquet(rows), f"{name}/part-{number:05}.parquet"
            self.app.blobs.put(container, prefix + path, data)
            return WrittenFile(name, path, rows.num_rows, len(data), hashlib.sha256(data).hexdigest())

        self.app.blobs.put(container, f"{prefix}{first}/_SUCCESS", b"")
        with ThreadPoolExecutor(8) as pool:
            return tuple(pool.map(write, parts))

    def _say(self, stage: str, said: Any) -> None:
        self.app.blobs.put(*self.app._layout.report(self.job.job_id, self.run_id, stage), msgspec.json.encode(said))


def report(app: App, claimed: ClaimedJob, *steps: Step) -> None:
    for step in steps:
        app.report_step(claimed.job.job_id, claimed.claim.run_id, StepReport(step, 1.5, None))


def run_notebooks(app: App, claimed: ClaimedJob) -> None:
    """Bring a claimed job to gold, as the pipeline does."""
    notebooks = Notebooks(app, claimed)
    report(app, claimed, Step.SILVER_STARTED)
    notebooks.bronze_to_silver()
    report(app, claimed, Step.SILVER)
    notebooks.silver_to_gold()
    report(app, claimed, Step.GOLD)


def without(files: tuple[WrittenFile, ...], table: str) -> tuple[WrittenFile, ...]:
    return tuple(file for file in files if file.table != table)


def with_rows(files: Iterable[WrittenFile], more: int) -> tuple[WrittenFile, ...]:
    first, *others = files
    return (replace(first, rows=first.rows + more), *others)


def claim(bench: Bench, pipeline_run: str = "pipeline-1", most: int = 20, **settings: Any) -> list[ClaimedJob]:
    return (bench.another_app(**settings) if settings else bench.app).claim_jobs(pipeline_run, most)


def claim_one(bench: Bench, pipeline_run: str = "pipeline-1", **settings: Any) -> ClaimedJob:
    (claimed,) = claim(bench, pipeline_run, **settings)
    return claimed


def conclude(bench: Bench, claimed: ClaimedJob) -> None:
    bench.app.conclude(claimed.job.job_id, claimed.claim.run_id)
    bench.work()
    assert bench.app.conclude.is_done(claimed.job.job_id, claimed.claim.run_id)
