"""Checks what the large path's notebooks have written, and makes it count by writing the manifest."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import msgspec

from shared.datasets.catalogue import load_dataset
from shared.errors import AppError, NotFoundError
from shared.services.judgement import pass_judgement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from shared.domain.job import Job
    from shared.domain.manifest import Manifest, OutputFile
    from shared.services.large.reports import Reports
    from shared.services.outputs import Outputs
    from shared.services.records import JobRecords

T = TypeVar("T")
_AT_A_TIME = 4
_SUFFIX = ".parquet"


class UnfitOutputsError(AppError):
    """What a notebook has written is not what it should be; a further try may write it rightly."""

    code = "unfit_outputs"
    status = 409
    advice = "Look at the notebook's output in the pipeline's run; the job is tried again."


@dataclass(frozen=True, slots=True)
class Accept:
    """The check. It believes nothing: every file is looked at, and no other may lie beside those that were named."""

    records: JobRecords
    reports: Reports
    outputs: Outputs

    def judge(self, job: Job, run_id: str) -> Manifest:
        """Pass judgement on a run after its first notebook; returns what is known of it, without gold.

        Raises :class:`DataRejectedError` when its rows may not go on, and :class:`UnfitOutputsError`.
        """
        manifest, card = _said(lambda: self.reports.silver(job, run_id))
        layout = self.outputs.layout
        self._check(layout.cleaned(job, run_id), manifest.silver)
        self._check(layout.quarantine(job, run_id), manifest.quarantine)
        pass_judgement(self.records, manifest, card)
        return manifest

    def __call__(self, job: Job, run_id: str) -> Manifest:
        """Write the manifest of a run whose outputs are whole; returns the one that stands, this run's or another's.

        Raises what :meth:`judge` raises.
        """
        self.judge(job, run_id)
        manifest = _said(lambda: self.reports.gold(job, run_id))
        self._check(self.outputs.layout.analytics(job, run_id), manifest.gold)
        missing = sorted(table.name for table in load_dataset(job.dataset).gold if table.name not in manifest.gold_rows)
        if missing:
            raise UnfitOutputsError(f"There is no file of {', '.join(missing)}.", tables=missing)
        silver = _rows(manifest.silver)
        wrong = sorted(table for table, counts in manifest.ledger.items() if silver.get(table, 0) != counts.silver)
        if wrong:
            raise UnfitOutputsError(f"The files of {', '.join(wrong)} hold other rows than the ledger.", tables=wrong)
        return self.records.claim_manifest(manifest)

    def _check(self, place: tuple[str, str], files: Iterable[OutputFile]) -> None:
        container, prefix = place
        named = {file.path: file for file in files}
        there = {blob.path: blob.size for blob in self.outputs.blobs.scan(container, prefix) if _is_rows(blob.path)}
        if {path: file.size for path, file in named.items()} != there:
            raise UnfitOutputsError(
                "The files that lie there are not those that the run names.",
                missing=len(named.keys() - there.keys()),
                unnamed=len(there.keys() - named.keys()),
            )
        with ThreadPoolExecutor(_AT_A_TIME) as pool:
            list(pool.map(lambda file: self._count(prefix, file), named.values()))

    def _count(self, prefix: str, file: OutputFile) -> None:
        """Ask the file itself how many rows it has, which stands at its end; the rows are not read."""
        import pyarrow as pa  # noqa: PLC0415 - heavy, and not needed on the way to the functions
        import pyarrow.parquet as pq  # noqa: PLC0415

        if file.path.removeprefix(prefix).partition("/")[0] != file.table:
            raise UnfitOutputsError(f"A file of {file.table} does not lie in its folder.", table=file.table)
        try:
            with self.outputs.blobs.open(file.container, file.path) as source:
                rows = pq.ParquetFile(source).metadata.num_rows
        except (pa.ArrowInvalid, NotFoundError) as error:
            raise UnfitOutputsError(f"A file of {file.table} is no Parquet.", table=file.table) from error
        if rows != file.rows:
            raise UnfitOutputsError(f"A file of {file.table} has {rows:,} rows, not {file.rows:,}.", table=file.table)


def _said(read: Callable[[], T]) -> T:
    """Return what a run reports, which is not there before its notebook has ended."""
    try:
        return read()
    except NotFoundError as error:
        raise UnfitOutputsError("The run has not reported what it wrote.") from error
    except msgspec.MsgspecError as error:
        raise UnfitOutputsError("What the run reports cannot be read.") from error


def _is_rows(path: str) -> bool:
    """Tell whether a blob holds rows: Spark also leaves empty marks behind, whose names begin with a line."""
    return path.endswith(_SUFFIX) and not path.rpartition("/")[2].startswith("_")


def _rows(files: Iterable[OutputFile]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for file in files:
        counted[file.table] += file.rows
    return counted
