"""The rejected rows of a job as their sender wrote them, found again in the files in bronze."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.datasets.catalogue import load_dataset
from shared.domain.verdicts import REJECTING
from shared.errors import ConflictError, GoneError
from shared.services.job_files import read_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shared.contracts.model import Contract
    from shared.datasets.catalogue import Dataset
    from shared.domain.job import Job, JobFile
    from shared.domain.manifest import Manifest
    from shared.ports import BlobStore
    from shared.quality.rejected_sheets import RejectedSheet
    from shared.quality.rejections import RejectedRow
    from shared.readers.original_rows import OriginalRows
    from shared.services.outputs import Outputs
    from shared.services.records import JobRecords

# The frame libraries are imported when rows are asked for, not on the way to the functions.
# ruff: noqa: PLC0415


@dataclass(frozen=True, slots=True)
class Rejected:
    """Finds rejected rows again."""

    blobs: BlobStore
    records: JobRecords
    outputs: Outputs

    def sheets(self, job: Job, most_rows: int) -> tuple[list[RejectedSheet], int]:
        """Return the rejected rows of a job, at most so many, and how many more there are.

        Raises :class:`GoneError` for a job that was deleted, and :class:`ConflictError` for one whose rows were not
        judged.
        """
        from shared.quality.rejected_sheets import rejected_sheets

        if job.deletion is not None:
            raise GoneError(f"Job {job.job_id} was deleted, and its rejected rows with it.", code="job_deleted")
        account = self.records.account(job)
        if account is None:
            raise ConflictError(
                f"The rows of job {job.job_id} were not judged yet.",
                code="not_judged",
                advice="Wait until the job has ended; the reason is with it if its files could not be read.",
                state=job.state.value,
            )
        dataset = load_dataset(job.dataset)
        contract = dataset.contract
        rows, omitted = self._rows(account, contract, most_rows)
        originals = self._originals(account, dataset, rows)
        return [
            sheet
            for table in contract.tables
            if table.name in rows
            for sheet in rejected_sheets(table, originals, rows[table.name])
        ], omitted

    def _rows(self, account: Manifest, contract: Contract, most_rows: int) -> tuple[dict[str, list[RejectedRow]], int]:
        """Return the rejected rows by table, the first in the contract's order, and how many are left out."""
        import pyarrow as pa
        import pyarrow.compute as pc

        from shared.quality.rejections import rejected_rows

        rejecting = pa.array([outcome.value for outcome in REJECTING])
        labels = {table.name: table.label for table in contract.tables}
        found: dict[str, list[RejectedRow]] = {}
        left, omitted = most_rows, 0
        verdicts = self.outputs.read(account.quarantine)
        for table in contract.tables:
            if table.name in verdicts:
                wanted = verdicts[table.name].filter(pc.is_in(verdicts[table.name]["outcome"], rejecting))
                found[table.name] = rejected_rows(wanted.slice(0, left).to_pylist(), table, labels, account.as_of)
                omitted += wanted.num_rows - len(found[table.name])
                left -= len(found[table.name])
        return found, omitted

    def _originals(
        self, account: Manifest, dataset: Dataset, rows: Mapping[str, list[RejectedRow]]
    ) -> list[OriginalRows]:
        from shared.readers.rows import file_number

        wanted = {name: {row.place for row in of_table} for name, of_table in rows.items()}
        needed = {file_number(place) for places in wanted.values() for place in places}
        return [
            found
            for number, file in enumerate(account.inputs)
            if number in needed
            for found in _in_file(dataset, file, number, read_file(self.blobs, self.outputs.layout, file), wanted)
        ]


def _in_file(
    dataset: Dataset, file: JobFile, number: int, data: bytes, wanted: Mapping[str, set[int]]
) -> Iterator[OriginalRows]:
    from shared.readers.original_rows import original_rows

    return original_rows(data, dataset.contract, file.table, file.filename, number, wanted, dataset.own_rows)
