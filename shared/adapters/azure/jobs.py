"""Jobs in Azure Table Storage: a job and its timeline are one partition and change in one transaction."""

from __future__ import annotations

import base64
import binascii
import re
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from azure.core import MatchConditions
from azure.core.exceptions import (
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.data.tables import UpdateMode

from shared.adapters.azure.account import PING, created_on_demand, storage_faults
from shared.adapters.azure.job_entities import (
    JOB_ROW,
    entity_to_event,
    entity_to_job,
    event_row,
    event_to_entity,
    job_to_entity,
)
from shared.domain.job import first_job_id_after
from shared.errors import ConflictError, InvalidRequestError
from shared.ports import JobPage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azure.data.tables import TableClient, TableEntity

    from shared.adapters.azure.account import StorageAccount
    from shared.domain.job import Job, TimelineEvent
    from shared.ports import JobFilter

_SERVICE = "table"
_HOLDERS_ROW = "holders"
_MAX_HOLDERS = 1_000
_SCAN_PAGE = 200
_EXISTS, _CHANGED = 409, 412
# What a key cannot hold; the service answers questions about one as if it were broken.
_NO_KEY = re.compile(r"[/\\#?\x00-\x1f\x7f-\x9f]")


class AzureJobStore:
    """A :class:`~shared.ports.JobStore` in two tables of one storage account; they appear when first used."""

    def __init__(self, account: StorageAccount, jobs_table: str, content_keys_table: str) -> None:
        self._account = account
        self._jobs_table = jobs_table
        self._content_keys_table = content_keys_table

    def create(self, job: Job, event: TimelineEvent) -> Job | None:
        """Insert a job with its first event; returns None when a job of that id is already there."""
        job = replace(job, event_count=1)
        operations = [("create", job_to_entity(job)), ("create", event_to_entity(job.job_id, 1, event))]
        with storage_faults(_SERVICE):
            try:
                answers = created_on_demand(lambda: self._jobs.submit_transaction(operations), self._jobs.create_table)
            except HttpResponseError as error:
                if error.status_code == _EXISTS:
                    return None
                raise
        return replace(job, etag=answers[0]["etag"])

    def get(self, job_id: str) -> Job | None:
        """Return a job with its etag, or None."""
        if _NO_KEY.search(job_id):
            return None
        with storage_faults(_SERVICE):
            try:
                entity = self._jobs.get_entity(job_id, JOB_ROW)
            except ResourceNotFoundError:
                return None
        return entity_to_job(entity)

    def save(self, job: Job, event: TimelineEvent | None = None) -> Job:
        """Replace a job, adding an event in the same transaction; see :meth:`shared.ports.JobStore.save`."""
        unchanged = {"etag": job.etag, "match_condition": MatchConditions.IfNotModified}
        operations: list[Any] = []
        if event is not None:
            job = replace(job, event_count=job.event_count + 1)
            operations.append(("create", event_to_entity(job.job_id, job.event_count, event)))
        operations.insert(0, ("update", job_to_entity(job), {"mode": UpdateMode.REPLACE, **unchanged}))
        with storage_faults(_SERVICE):
            try:
                answers = self._jobs.submit_transaction(operations)
            except HttpResponseError as error:
                if error.status_code not in {_EXISTS, _CHANGED}:
                    raise
                raise ConflictError(f"Job {job.job_id} changed meanwhile.", code="job_changed") from error
        return replace(job, etag=answers[0]["etag"])

    def events(self, job_id: str) -> list[TimelineEvent]:
        """Return a job's timeline in order."""
        wanted = "PartitionKey eq @job and RowKey ge @first and RowKey lt @end"
        parameters = {"job": job_id, "first": event_row(0), "end": "event."}
        with storage_faults(_SERVICE):
            try:
                rows = list(self._jobs.query_entities(wanted, parameters=parameters))
            except ResourceNotFoundError:
                return []
        return [entity_to_event(row) for row in rows]

    def find(self, wanted: JobFilter, limit: int, token: str | None = None) -> JobPage:
        """Return a page of jobs, newest first, which is the order of their ids and so of the table."""
        with storage_faults(_SERVICE):
            found = list(islice(self._matching(wanted, limit, token), limit + 1))
        more = len(found) > limit
        return JobPage(tuple(found[:limit]), _to_token(found[limit - 1].job_id) if more else None)

    def claim_content(self, content_key: str, job_id: str, *, take_over: bool = False) -> tuple[str, ...]:
        """Make ``job_id`` the holder of the content if nobody holds it, or in any case with ``take_over``."""
        with storage_faults(_SERVICE):
            while True:
                if self._created_holder(content_key, job_id):
                    return (job_id,)
                held = self._holders_entity(content_key)
                if held is None:
                    continue
                holders = _holders(held)
                if holders[-1] == job_id or not take_over:
                    return holders
                holders = (*holders, job_id)[-_MAX_HOLDERS:]
                if self._replaced_holders(held, holders):
                    return holders

    def release_content(self, content_key: str, job_id: str) -> None:
        """Take ``job_id`` off the holders of the content; no error if it is none of them."""
        with storage_faults(_SERVICE):
            while (held := self._holders_entity(content_key)) is not None:
                holders = _holders(held)
                others = tuple(holder for holder in holders if holder != job_id)
                if others == holders or self._replaced_holders(held, others):
                    return

    def content_holders(self, content_key: str) -> tuple[str, ...]:
        """Return the ids of all holders of the content so far, the present one last."""
        with storage_faults(_SERVICE):
            held = self._holders_entity(content_key)
        return _holders(held) if held is not None else ()

    def ping(self) -> None:
        """Raise :class:`~shared.errors.UnavailableError` when the tables do not answer."""
        with storage_faults(_SERVICE):
            next(iter(self._account.tables.list_tables(results_per_page=1, **PING)), None)

    def _created_holder(self, content_key: str, job_id: str) -> bool:
        keys = self._content_keys
        entity = {"PartitionKey": content_key, "RowKey": _HOLDERS_ROW, "holders": job_id}
        try:
            created_on_demand(lambda: keys.create_entity(entity), keys.create_table)
        except ResourceExistsError:
            return False
        return True

    def _holders_entity(self, content_key: str) -> TableEntity | None:
        try:
            return self._content_keys.get_entity(content_key, _HOLDERS_ROW)
        except ResourceNotFoundError:
            return None

    def _replaced_holders(self, held: TableEntity, holders: tuple[str, ...]) -> bool:
        """Write the new holders, or delete what has none left, unless others were written since ``held`` was read."""
        entity = {**held, "holders": ",".join(holders)}
        unchanged: dict[str, Any] = {"etag": held.metadata["etag"], "match_condition": MatchConditions.IfNotModified}
        try:
            if holders:
                self._content_keys.update_entity(entity, mode=UpdateMode.REPLACE, **unchanged)
            else:
                self._content_keys.delete_entity(entity, **unchanged)
        except (ResourceModifiedError, ResourceNotFoundError):
            return False
        return True

    def _matching(self, wanted: JobFilter, limit: int, token: str | None) -> Iterator[Job]:
        equal = {
            "dataset": wanted.dataset,
            "state": wanted.state,
            "path": wanted.path,
            "parentJobId": wanted.parent_job_id,
            "userId": wanted.user_id,
            "awaitsCopy": wanted.awaits_copy or None,
        }
        parameters: dict[str, Any] = {name: value for name, value in equal.items() if value is not None}
        clauses = [f"RowKey eq '{JOB_ROW}'", *(f"{name} eq @{name}" for name in parameters)]
        if token:
            clauses.append("PartitionKey gt @after")
            parameters["after"] = _from_token(token)
        if wanted.created_after:
            clauses.append("PartitionKey lt @oldest")
            parameters["oldest"] = first_job_id_after(wanted.created_after)
        query = " and ".join(clauses)
        page = _SCAN_PAGE if wanted.name else min(limit + 1, _SCAN_PAGE)
        name = wanted.name.casefold() if wanted.name else ""
        with suppress(ResourceNotFoundError):
            for entity in self._jobs.query_entities(query, parameters=parameters, results_per_page=page):
                if name in entity.get("jobName", "").casefold():
                    yield entity_to_job(entity)

    @property
    def _jobs(self) -> TableClient:
        return self._account.tables.get_table_client(self._jobs_table)

    @property
    def _content_keys(self) -> TableClient:
        return self._account.tables.get_table_client(self._content_keys_table)


def _holders(entity: TableEntity) -> tuple[str, ...]:
    return tuple(entity["holders"].split(","))


def _to_token(job_id: str) -> str:
    return base64.urlsafe_b64encode(job_id.encode()).decode().rstrip("=")


def _from_token(token: str) -> str:
    try:
        return base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise InvalidRequestError("The page token is not one of ours.", code="invalid_token") from error
