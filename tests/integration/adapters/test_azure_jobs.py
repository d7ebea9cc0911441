from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from shared.adapters.azure.jobs import AzureJobStore
from shared.domain.deletion import Deletion
from shared.domain.job import Job, JobProblem, JobState, ProcessingPath, TimelineEvent, new_job_id
from shared.errors import ConflictError, InvalidRequestError, UnavailableError
from shared.ports import JobFilter

if TYPE_CHECKING:
    from shared.adapters.azure.account import StorageAccount

NOW = datetime(2026, 1, 15, 12, 30, 15, 123456, tzinfo=UTC)
RECEIVED = TimelineEvent("received", NOW, 12)


@pytest.fixture
def store(account: StorageAccount, unique: str) -> AzureJobStore:
    return AzureJobStore(account, f"{unique[:30]}jobs", f"{unique[:30]}keys")


def make_job(made: datetime = NOW, **values: Any) -> Job:
    job_id = new_job_id(made)
    fixed = {
        "job_id": job_id,
        "parent_job_id": job_id,
        "user_id": "admin",
        "dataset": "ecommerce",
        "contract_version": 1,
        "as_of": made,
        "content_key": "key",
        "created_at": made,
        "updated_at": made,
    }
    return Job(**(fixed | values))


def test_a_job_comes_back_as_it_was_saved(store: AzureJobStore) -> None:
    job = make_job(
        as_of=datetime(1, 1, 1, tzinfo=UTC),
        job_name="it's a 'näme'",
        state=JobState.GOLD,
        processing_path=ProcessingPath.SMALL_BATCH,
        record_count=10_000,
        run_id="run-1-x",
        supersedes="older",
        superseded_by="newer",
        problem=JobProblem("unavailable", "It waits.", "Wait.", {"file": "ä.json", "row": 3, "tables": ["user"]}),
        publishing=True,
        stop_requested_by="eve",
        deletion=Deletion("eve", NOW, bronze=True, files={"silver": 3}, rows={"orders": 5}),
    )
    created = store.create(job, RECEIVED)
    assert created is not None
    assert store.get(job.job_id) == created
    assert replace(created, etag=None, event_count=0) == job


def test_an_unknown_job_is_none_even_before_there_is_a_table(store: AzureJobStore) -> None:
    assert store.get("nothing") is None
    assert store.events("nothing") == []
    assert store.find(JobFilter(), 10).jobs == ()
    assert store.content_holders("nothing") == ()
    assert store.create(make_job(), RECEIVED)
    assert store.get("nothing") is None


@pytest.mark.parametrize("job_id", ["../..", "a\\b", "a#b", "a?b", "a\x00", ""])
def test_what_no_job_can_be_called_is_unknown(store: AzureJobStore, job_id: str) -> None:
    store.create(make_job(), RECEIVED)
    assert store.get(job_id) is None


def test_a_second_job_of_the_same_id_is_not_created(store: AzureJobStore) -> None:
    job = make_job()
    with ThreadPoolExecutor(8) as pool:
        created = list(pool.map(lambda _: store.create(job, RECEIVED), range(8)))
    assert sum(one is not None for one in created) == 1
    assert len(store.events(job.job_id)) == 1


def test_a_change_and_its_event_come_together(store: AzureJobStore) -> None:
    job = store.create(make_job(), RECEIVED)
    assert job is not None
    silver = TimelineEvent("silver", NOW + timedelta(seconds=1), 900, "with a note")
    saved = store.save(replace(job, state=JobState.SILVER), silver)
    assert store.get(job.job_id) == saved
    assert saved.event_count == 2
    assert store.events(job.job_id) == [RECEIVED, silver]


def test_a_change_without_event_leaves_the_timeline(store: AzureJobStore) -> None:
    job = store.create(make_job(), RECEIVED)
    assert job is not None
    assert store.save(replace(job, run_id="run-1-a")).run_id == "run-1-a"
    assert store.events(job.job_id) == [RECEIVED]


def test_who_saves_what_has_changed_meanwhile_changes_neither_job_nor_timeline(store: AzureJobStore) -> None:
    job = store.create(make_job(), RECEIVED)
    assert job is not None
    first = store.save(replace(job, state=JobState.ROUTED), TimelineEvent("routed", NOW))
    for event in (None, TimelineEvent("failed", NOW)):
        with pytest.raises(ConflictError):
            store.save(replace(job, state=JobState.FAILED), event)
    assert store.get(job.job_id) == first
    assert [event.state for event in store.events(job.job_id)] == ["received", "routed"]


def test_of_many_that_save_at_once_one_succeeds(store: AzureJobStore) -> None:
    job = store.create(make_job(), RECEIVED)
    assert job is not None

    def save(number: int) -> bool:
        try:
            store.save(replace(job, run_id=str(number)), TimelineEvent("routed", NOW))
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(save, range(8))) == 1
    assert len(store.events(job.job_id)) == 2


def test_problem_details_that_are_too_long_are_left_out(store: AzureJobStore) -> None:
    job = store.create(make_job(problem=JobProblem("c", "m", "a", {"known": ["x" * 100] * 1_000})), RECEIVED)
    assert job is not None
    found = store.get(job.job_id)
    assert found is not None
    assert found.problem == JobProblem("c", "m", "a")


def test_jobs_are_listed_newest_first_page_by_page(store: AzureJobStore) -> None:
    made = [make_job(NOW + timedelta(minutes=minute)) for minute in range(7)]
    for job in made:
        store.create(job, RECEIVED)
    listed, token, pages = [], None, 0
    while True:
        page = store.find(JobFilter(), 3, token)
        listed += [job.job_id for job in page.jobs]
        pages, token = pages + 1, page.next_token
        if token is None:
            break
    assert listed == [job.job_id for job in reversed(made)]
    assert pages == 3


def test_a_full_last_page_has_no_next(store: AzureJobStore) -> None:
    for minute in range(3):
        store.create(make_job(NOW + timedelta(minutes=minute)), RECEIVED)
    assert store.find(JobFilter(), 3).next_token is None


def test_a_page_goes_on_after_its_token_though_newer_jobs_came(store: AzureJobStore) -> None:
    first, second = make_job(NOW), make_job(NOW + timedelta(minutes=1))
    for job in (first, second):
        store.create(job, RECEIVED)
    token = store.find(JobFilter(), 1).next_token
    store.create(make_job(NOW + timedelta(minutes=2)), RECEIVED)
    assert [job.job_id for job in store.find(JobFilter(), 5, token).jobs] == [first.job_id]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (JobFilter(dataset="ecommerce"), {"a", "b"}),
        (JobFilter(dataset="o'brien"), {"c"}),
        (JobFilter(dataset="' or RowKey ne '"), set()),
        (JobFilter(state=JobState.FAILED), {"b"}),
        (JobFilter(path=ProcessingPath.LARGE_BATCH), {"c"}),
        (JobFilter(parent_job_id="group"), {"a", "c"}),
        (JobFilter(user_id="eve"), {"b"}),
        (JobFilter(name="ÄRZ"), {"a", "c"}),
        (JobFilter(name="%"), set()),
        (JobFilter(name="märz", dataset="ecommerce"), {"a"}),
        (JobFilter(created_after=NOW + timedelta(seconds=90)), {"c"}),
    ],
)
def test_filters_narrow_the_list(store: AzureJobStore, wanted: JobFilter, found: set[str]) -> None:
    jobs = {
        "a": make_job(NOW, job_name="Umsatz März", parent_job_id="group"),
        "b": make_job(NOW + timedelta(minutes=1), state=JobState.FAILED, user_id="eve"),
        "c": make_job(
            NOW + timedelta(minutes=2),
            dataset="o'brien",
            processing_path=ProcessingPath.LARGE_BATCH,
            parent_job_id="group",
            job_name="märz 2",
        ),
    }
    for job in jobs.values():
        store.create(job, RECEIVED)
    names = {job.job_id: name for name, job in jobs.items()}
    assert {names[job.job_id] for job in store.find(wanted, 10).jobs} == found


def test_a_rare_name_is_found_behind_many_others_and_paged(store: AzureJobStore) -> None:
    for minute in range(250):
        name = "needle" if minute in {3, 100} else "hay"
        store.create(make_job(NOW + timedelta(minutes=minute), job_name=name), RECEIVED)
    page = store.find(JobFilter(name="needle"), 1)
    assert [job.job_name for job in page.jobs] == ["needle"]
    rest = store.find(JobFilter(name="needle"), 1, page.next_token)
    assert [job.job_name for job in rest.jobs] == ["needle"]
    assert rest.next_token is None


@pytest.mark.parametrize("token", ["ä", "a", "////", "a b"])
def test_a_strange_token_is_refused(store: AzureJobStore, token: str) -> None:
    with pytest.raises(InvalidRequestError) as refusal:
        store.find(JobFilter(), 1, token)
    assert refusal.value.code == "invalid_token"


def test_content_belongs_to_whoever_claims_it_first(store: AzureJobStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        holders = set(pool.map(lambda number: store.claim_content("key", f"job-{number}"), range(8)))
    assert len(holders) == 1
    assert store.content_holders("key") == holders.pop()


def test_content_can_be_taken_over_and_remembers_its_holders(store: AzureJobStore) -> None:
    assert store.claim_content("key", "first", take_over=True) == ("first",)
    assert store.claim_content("key", "second") == ("first",)
    assert store.claim_content("key", "second", take_over=True) == ("first", "second")
    assert store.claim_content("key", "second", take_over=True) == ("first", "second")
    assert store.claim_content("key", "third") == ("first", "second")


def test_all_that_take_over_at_once_stand_in_line(store: AzureJobStore) -> None:
    jobs = [f"job-{number}" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        lines = list(pool.map(lambda job: store.claim_content("key", job, take_over=True), jobs))
    last = store.content_holders("key")
    assert sorted(last) == jobs
    assert all(line == last[: len(line)] and line[-1] == job for job, line in zip(jobs, lines, strict=True))


def test_a_holder_can_let_the_content_go_and_the_others_keep_their_order(store: AzureJobStore) -> None:
    for job in ("first", "second", "third"):
        store.claim_content("key", job, take_over=True)
    store.release_content("key", "second")
    store.release_content("key", "unknown")
    assert store.content_holders("key") == ("first", "third")


def test_content_that_nobody_holds_any_more_is_free(store: AzureJobStore) -> None:
    store.claim_content("key", "first")
    for _ in range(2):
        store.release_content("key", "first")
    assert store.content_holders("key") == ()
    assert store.claim_content("key", "second") == ("second",)


def test_claims_and_releases_at_once_lose_nobody(store: AzureJobStore) -> None:
    def claim_and_release(number: int) -> None:
        store.claim_content("key", f"stays-{number}", take_over=True)
        store.claim_content("key", f"goes-{number}", take_over=True)
        store.release_content("key", f"goes-{number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(claim_and_release, range(8)))
    assert sorted(store.content_holders("key")) == [f"stays-{number}" for number in range(8)]


def test_ping_answers_while_the_tables_are_there(store: AzureJobStore) -> None:
    store.ping()


def test_unreachable_tables_are_unavailable(unreachable: StorageAccount) -> None:
    with pytest.raises(UnavailableError):
        AzureJobStore(unreachable, "jobs", "keys").ping()
