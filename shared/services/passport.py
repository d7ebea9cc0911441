"""Tells one row's story: where it stood, how it was judged, which jobs brought it, and what the warehouse has of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from shared.domain.moments import in_utc
from shared.errors import InvalidRequestError, NotFoundError, UnavailableError
from shared.ports import Condition, JobFilter, Selection
from shared.services.row_subject import row_subject

if TYPE_CHECKING:
    from datetime import datetime

    from shared.domain.job import Job
    from shared.domain.roles import Principal
    from shared.ports import JobStore, Warehouse
    from shared.services.row_subject import RowSubject
    from shared.services.sightings import Seen, Sighting, Sightings

_MOST_JOBS = 50
_MOST_LOADED = 10
_JOBS_AT_A_TIME = 8
_LINEAGE = ("_job_id", "_user_id", "_loaded_at")


@dataclass(frozen=True, slots=True)
class RowQuestion:
    """Which row is asked for: a table of a contract or of the warehouse, and its key with ``|`` between values.

    ``dataset`` is needed where several have a table of that name; ``job_id`` narrows the search to one job.
    """

    table: str
    key: str
    dataset: str | None = None
    job_id: str | None = None


@dataclass(frozen=True, slots=True)
class LoadedRow:
    """A row of the warehouse as it is now, and the last job that delivered it (None: computed after a deletion)."""

    table: str
    job_id: str | None
    user_id: str
    loaded_at: datetime
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Searched:
    """What was looked at: how many jobs, whether older ones were left out, and in sentences what else was."""

    jobs: int
    older_jobs_left_out: bool
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passport:
    """A row's story; ``sightings`` are of the newest job first."""

    dataset: str
    table: str
    key: str
    loaded: tuple[LoadedRow, ...]
    sightings: tuple[Sighting, ...]
    searched: Searched


@dataclass(frozen=True, slots=True)
class TellPassport:
    """The use case. Its work is bounded: the jobs that the warehouse names, and the latest of the dataset."""

    jobs: JobStore
    warehouse: Warehouse
    sightings: Sightings

    def __call__(self, question: RowQuestion, caller: Principal) -> Passport:
        """Return what is known of a row, of the caller's own jobs or for an administrator of all.

        Raises :class:`NotFoundError` for an unknown table, dataset or job, and when no such row was found, and
        :class:`InvalidRequestError` for a name that several datasets have or a key of another number of values.
        """
        subject = row_subject(question.table, question.key, question.dataset, question.job_id)
        question = replace(question, job_id=subject.job_id)
        remarks: list[str] = []
        loaded = self._loaded(subject, caller, remarks)
        jobs, older = self._jobs_of(question, subject, loaded, caller)
        if subject.table is None:
            remarks.append(f"A row of {subject.name} is computed from many rows: ask for those it is made of.")
            jobs, older = [], False
        with ThreadPoolExecutor(_JOBS_AT_A_TIME) as pool:
            seen = list(pool.map(lambda job: self.sightings.in_job(job, subject), jobs))
        passport = Passport(
            dataset=subject.dataset.contract.dataset,
            table=subject.name,
            key=question.key,
            loaded=tuple(loaded),
            sightings=tuple(sighting for one in seen for sighting in one.sightings),
            searched=_searched(seen, older, remarks),
        )
        if not passport.loaded and not passport.sightings:
            raise _not_found(passport)
        return passport

    def _loaded(self, subject: RowSubject, caller: Principal, remarks: list[str]) -> list[LoadedRow]:
        own = [] if caller.is_admin else [Condition("_user_id", "=", caller.user_id)]
        loaded: list[LoadedRow] = []
        for table in subject.gold:
            key = subject.gold_key(table, self.sightings.tokenise)
            conditions = [*(Condition(name, "=", value) for name, value in key.items()), *own]
            try:
                rows = self.warehouse.read(table.name, Selection(conditions=conditions, limit=_MOST_LOADED))
            except (NotFoundError, InvalidRequestError):
                # Nothing has been loaded there yet, or nothing of such a key can be.
                continue
            except UnavailableError:
                remarks.append("The warehouse does not answer, so that what it holds is not shown.")
                break
            loaded += [_loaded_row(table.name, row) for row in rows.to_pylist()]
        return loaded

    def _jobs_of(
        self, question: RowQuestion, subject: RowSubject, loaded: list[LoadedRow], caller: Principal
    ) -> tuple[list[Job], bool]:
        """Return the jobs to look into, newest first, and whether there are older ones."""
        if question.job_id is not None:
            job = self.jobs.get(question.job_id)
            if job is None or not caller.may_see(job.user_id):
                raise NotFoundError(f"There is no job {question.job_id!r}.", code="unknown_job")
            return [job], False
        owner = None if caller.is_admin else caller.user_id
        page = self.jobs.find(JobFilter(dataset=subject.dataset.contract.dataset, user_id=owner), _MOST_JOBS)
        jobs = {job.job_id: job for job in page.jobs}
        for row in loaded:
            job = self.jobs.get(row.job_id) if row.job_id and row.job_id not in jobs else None
            if job is not None:
                jobs[job.job_id] = job
        return [jobs[job_id] for job_id in sorted(jobs)], page.next_token is not None


def _loaded_row(table: str, row: dict[str, Any]) -> LoadedRow:
    job_id, user_id, loaded_at = (row.pop(name) for name in _LINEAGE)
    return LoadedRow(table, job_id, user_id, in_utc(loaded_at), row)


def _searched(seen: list[Seen], older: bool, remarks: list[str]) -> Searched:
    unread = [sentence for one in seen for sentence in one.unread]
    if older:
        unread.append(f"Older jobs than the latest {_MOST_JOBS} were not searched; name one by jobId.")
    return Searched(sum(one.judged for one in seen), older, (*remarks, *unread))


def _not_found(passport: Passport) -> NotFoundError:
    searched = passport.searched
    return NotFoundError(
        f"No row of that key was found in the warehouse or in {searched.jobs:,} jobs of {passport.dataset}.",
        code="unknown_row",
        advice="Check the key; a rejected row is found by its key as it stood in the file.",
        jobs=searched.jobs,
        olderJobsLeftOut=searched.older_jobs_left_out,
        remarks=list(searched.remarks),
    )
