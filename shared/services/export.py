"""What a job hands out besides its gold: files made of its rows, and tables that are loaded along with gold."""

from __future__ import annotations

from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO

from shared.datasets.catalogue import load_dataset
from shared.errors import GoneError, NotFoundError
from shared.ports import TableLoad

if TYPE_CHECKING:
    from datetime import datetime

    import pyarrow as pa

    from shared.domain.job import Job
    from shared.domain.manifest import Manifest
    from shared.ports import BlobInfo
    from shared.services.outputs import Outputs

# The frame libraries are imported when rows are handed out, not on the way to the functions.
# ruff: noqa: PLC0415

_SHEET = "Sheet1"


@dataclass(frozen=True, slots=True)
class Export:
    """The use case. Files and tables follow from the run that counts, so they may be made again and come out equal."""

    outputs: Outputs
    token_key: bytes

    def tables(self, job: Job, manifest: Manifest) -> tuple[TableLoad, ...]:
        """Return what a job's dataset has for the warehouse besides gold, each row with where it comes from."""
        from shared.services.job_rows import StoredRows

        dataset = load_dataset(job.dataset)
        if dataset.exports is None:
            return ()
        rows = StoredRows(dataset, job, manifest, self.outputs, self.token_key)
        return tuple(
            TableLoad(table.name, table.key, "upsert", _with_lineage(table.rows, job, manifest))
            for table in dataset.exports.tables(rows)
        )

    def write(self, job: Job, manifest: Manifest) -> None:
        """Write the files that a job's dataset hands out, one after the other."""
        from shared.services.job_rows import StoredRows

        dataset = load_dataset(job.dataset)
        if dataset.exports is None:
            return
        rows = StoredRows(dataset, job, manifest, self.outputs, self.token_key)
        container, prefix = self.outputs.layout.exports_of(job)
        for name, table in dataset.exports.files(rows):
            with TemporaryFile() as file:
                _write(table, name, file, manifest.loaded_at)
                file.seek(0)
                self.outputs.blobs.put(container, f"{prefix}{name}", file)

    def found(self, job: Job) -> dict[str, BlobInfo]:
        """Return the files that a job hands out, by name; none before it is published.

        Raises :class:`GoneError` when it was deleted.
        """
        if job.deletion is not None:
            raise GoneError(f"Job {job.job_id} was deleted, and its exports with it.", code="job_deleted")
        container, prefix = self.outputs.layout.exports_of(job)
        return {info.path.removeprefix(prefix): info for info in self.outputs.blobs.scan(container, prefix)}

    def read(self, job: Job, name: str) -> bytes:
        """Return a file that a job hands out.

        Raises :class:`NotFoundError` naming those that there are, and :class:`GoneError` when the job was deleted.
        """
        found = self.found(job)
        if name not in found:
            raise NotFoundError(
                f"Job {job.job_id} has no export {name!r}.",
                code="unknown_export",
                advice=f"Use one of: {', '.join(found)}." if found else "A job has exports once it has succeeded.",
                known=list(found),
            )
        return self.outputs.blobs.get(self.outputs.layout.exports, found[name].path)


def _with_lineage(rows: pa.Table, job: Job, manifest: Manifest) -> pa.Table:
    """Add which job and user a row came from and when it was loaded (UTC), as gold has it."""
    import pyarrow as pa

    loaded_at = pa.scalar(manifest.loaded_at.replace(tzinfo=None), pa.timestamp("us"))
    return (
        rows.append_column("_job_id", pa.repeat(job.job_id, rows.num_rows))
        .append_column("_user_id", pa.repeat(job.user_id, rows.num_rows))
        .append_column("_loaded_at", pa.repeat(loaded_at, rows.num_rows))
    )


def _write(rows: pa.Table, name: str, file: BinaryIO, made_at: datetime) -> None:
    """Write rows in the form that the ending of a name says."""
    from shared.writers.delimited import write_csv
    from shared.writers.workbook import write_workbook

    if name.endswith(".xlsx"):
        write_workbook(rows, _SHEET, file, made_at)
    else:
        write_csv(rows, file)
