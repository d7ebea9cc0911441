"""Finds a row in what one job has left: among its accepted rows, its verdicts, and its files as they were sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from shared.domain.job import JobState
from shared.domain.verdicts import REJECTING
from shared.services.browse import reject_of
from shared.services.original_cells import RowPlace

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from shared.contracts.table import Table
    from shared.domain.job import Job
    from shared.domain.manifest import Manifest, OutputFile
    from shared.frames.engine import BatchFunction
    from shared.ports import JobStore
    from shared.services.browse import Reject
    from shared.services.original_cells import Original, OriginalCells
    from shared.services.outputs import Outputs
    from shared.services.records import JobRecords
    from shared.services.row_subject import RowSubject

_ACCEPTED = "accepted"
_MOST_IN_A_JOB = 20
#: Larger files are not opened for one row.
_MOST_BYTES = 100_000_000

# The frame libraries are imported when rows are asked for, not on the way to the functions.
# ruff: noqa: PLC0415


@dataclass(frozen=True, slots=True)
class Sighting:
    """A row in a job: where it stood, how it was judged and by what, what became of it, and where it was loaded.

    ``outcome`` is ``accepted`` or why it was rejected. ``values`` are those of an accepted row in their types,
    ``original`` what its file holds. ``loaded_at`` is None for what was not published, ``loaded_into`` then empty.
    """

    job: Job
    run_id: str
    table: str
    contract_version: int
    judged_at: datetime
    file: str
    row: int
    outcome: str
    verdicts: tuple[Reject, ...]
    values: dict[str, Any] | None
    original: Original | None
    loaded_at: datetime | None
    loaded_into: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found in a job; ``unread`` says in sentences what was too large to look at, or left out."""

    sightings: tuple[Sighting, ...] = ()
    unread: tuple[str, ...] = ()
    judged: bool = True


@dataclass(frozen=True, slots=True)
class Sightings:
    """Looks into jobs, one at a time."""

    jobs: JobStore
    records: JobRecords
    outputs: Outputs
    originals: OriginalCells
    tokenise: BatchFunction

    def in_job(self, job: Job, subject: RowSubject) -> Seen:
        """Return where a job has the row, at most so many times."""
        account, table = self.records.account(job), subject.table
        if account is None or table is None:
            return Seen(judged=False)
        accepted, judged, unread = self._rows(account, subject, table)
        found = _joined(accepted, judged)
        if len(found) > _MOST_IN_A_JOB:
            unread.append(f"Job {job.job_id} has {len(found):,} such rows, of which {_MOST_IN_A_JOB} are shown.")
            found = found[:_MOST_IN_A_JOB]
        if not found:
            return Seen(unread=tuple(unread))
        loaded_at = self._loaded_at(job)
        sightings = [self._sighting(job, account, table, loaded_at, *one) for one in found]
        places = [_place(sighting) for sighting in sightings]
        originals = self.originals.of(account, subject.dataset, table, places)
        told = (replace(one, original=originals[place]) for one, place in zip(sightings, places, strict=True))
        return Seen(tuple(told), tuple(unread))

    def _rows(
        self, account: Manifest, subject: RowSubject, table: Table
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[str]]:
        """Return the accepted rows and the verdicts that speak of the subject, and what was too large to read."""
        from shared.quality.row_search import rows_with_key, verdicts_on

        unread: list[str] = []
        tokens = dict.fromkeys(subject.identifiers, self.tokenise) if subject.as_in_gold else {}
        accepted: list[dict[str, Any]] = []
        for file in self._readable(account.silver, table, unread):
            (rows,) = self.outputs.read([file]).values()
            accepted += rows_with_key(rows, subject.silver_key, tokens).to_pylist()
        judged: list[dict[str, Any]] = []
        places = [(row["_file"], row["_row_no"]) for row in accepted[:_MOST_IN_A_JOB]]
        for file in self._readable(account.quarantine, table, unread):
            (rows,) = self.outputs.read([file]).values()
            judged += verdicts_on(rows, subject.written_key, places).to_pylist()
        return accepted, judged, unread

    @staticmethod
    def _readable(files: Iterable[OutputFile], table: Table, unread: list[str]) -> Iterable[OutputFile]:
        for file in files:
            if file.table == table.name and file.size > _MOST_BYTES:
                unread.append(f"A file of {file.rows:,} rows of {table.name} is too large to search.")
            elif file.table == table.name:
                yield file

    def _loaded_at(self, job: Job) -> datetime | None:
        """Return when a job was published last."""
        moments = [event.at for event in self.jobs.events(job.job_id) if event.state == JobState.PUBLISHED.value]
        return moments[-1] if moments else None

    @staticmethod
    def _sighting(
        job: Job,
        account: Manifest,
        table: Table,
        loaded_at: datetime | None,
        values: dict[str, Any] | None,
        verdicts: list[dict[str, Any]],
    ) -> Sighting:
        place = values or verdicts[0]
        outcome = next((one["outcome"] for one in verdicts if one["outcome"] in REJECTING), _ACCEPTED)
        loaded = values is not None and loaded_at is not None
        return Sighting(
            job=job,
            run_id=account.run_id,
            table=table.name,
            contract_version=account.contract_version,
            judged_at=account.loaded_at,
            file=place["_file"],
            row=place["_row_no"],
            outcome=outcome,
            verdicts=tuple(reject_of(one, table) for one in verdicts),
            values={name: value for name, value in values.items() if name in table.columns} if values else None,
            original=None,
            loaded_at=loaded_at if loaded else None,
            loaded_into=tuple(account.gold_rows) if loaded else (),
        )


def _place(sighting: Sighting) -> RowPlace:
    from shared.quality.rejections import UNREAD_ROW_RULES

    has_cells = all(verdict.rule not in UNREAD_ROW_RULES for verdict in sighting.verdicts)
    return RowPlace(sighting.file, sighting.row, has_cells)


def _joined(
    accepted: list[dict[str, Any]], judged: list[dict[str, Any]]
) -> list[tuple[dict[str, Any] | None, list[dict[str, Any]]]]:
    """Put the verdicts on a row beside the row; a rejected row has none among the accepted."""
    by_place: dict[tuple[str, int], tuple[dict[str, Any] | None, list[dict[str, Any]]]] = {
        (row["_file"], row["_row_no"]): (row, []) for row in accepted
    }
    for verdict in judged:
        by_place.setdefault((verdict["_file"], verdict["_row_no"]), (None, []))[1].append(verdict)
    return list(by_place.values())
