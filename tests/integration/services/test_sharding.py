"""Files that are too large to be cut within a call: a message has them cut, and the run asks until they are."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from shared.domain.job import JobState
from shared.domain.routing import INTAKE_QUEUE
from shared.errors import AppError, ConflictError, UnavailableError
from shared.services.large import cut_shards, sharding
from shared.services.large.report_step import Step, StepReport
from shared.services.large.shard import Shard
from shared.services.large.written_shards import WrittenShards
from tests.integration.services.large_path import Notebooks, claim_one, conclude

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.bootstrap import App
    from shared.domain.shards import ShardingNote
    from shared.services.large.hand_out import ClaimedJob
    from tests.integration.services.conftest import Bench


@pytest.fixture(autouse=True)
def _nothing_is_small(monkeypatch: pytest.MonkeyPatch, large: Bench) -> None:
    monkeypatch.setattr(sharding, "AT_ONCE_BYTES", 0)
    large.messages(INTAKE_QUEUE)


@pytest.fixture
def claimed(large: Bench, records: bytes) -> ClaimedJob:
    large.receive(records)
    return claim_one(large)


def ask(app: App, claimed: ClaimedJob) -> ShardingNote | None:
    return app.report_step(claimed.job.job_id, claimed.claim.run_id, StepReport(Step.SILVER_STARTED)).sharding


def note_of(app: App, claimed: ClaimedJob) -> ShardingNote:
    note = app._sharding_notes.of_run(claimed.job.job_id, claimed.claim.run_id)
    assert note is not None
    return note


def cut(bench: Bench, app: App | None = None) -> int:
    """Do what the messages ask for; returns how many there were."""
    messages = bench.messages(INTAKE_QUEUE)
    for message in messages:
        (app or bench.app).cut_shards(message.job_id)
    return len(messages)


class Killed(BaseException):
    """The process is gone."""


def kill(dying: pytest.MonkeyPatch, notes: type, *_: Any) -> None:
    """Die without a last word."""
    dying.setattr(notes, "save", lambda *_: None)
    raise Killed


@pytest.fixture
def while_reading(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Have something happen, once, amid the reading of a job's files."""
    usual = Shard._file

    def prepare(act: Callable[[], object]) -> None:
        def read(self: Shard, *arguments: Any) -> None:
            monkeypatch.setattr(Shard, "_file", usual)
            act()
            usual(self, *arguments)

        monkeypatch.setattr(Shard, "_file", read)

    return prepare


def test_a_run_asks_and_is_told_how_far_it_is_until_the_files_are_cut(large: Bench, claimed: ClaimedJob) -> None:
    note = ask(large.app, claimed)
    assert note is not None
    assert (note.done, note.total) == (0, claimed.job.record_count)
    assert ask(large.app, claimed) is not None
    assert cut(large) == 1, "asking again sends no further message"
    assert ask(large.app, claimed) is None
    assert cut(large) == 0
    told = [event.note for event in large.app.jobs.get(claimed.job.job_id).timeline][-2:]
    assert told == [
        f"The files are cut into shards ({claimed.claim.run_id}).",
        f"The first notebook starts ({claimed.claim.run_id}).",
    ]
    notebooks = Notebooks(large.app, claimed)
    notebooks.bronze_to_silver()
    notebooks.silver_to_gold()
    conclude(large, claimed)
    assert large.paths("staging") == set()


def test_the_shards_are_those_that_a_call_would_have_cut(
    large: Bench, claimed: ClaimedJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shards() -> dict[str, bytes]:
        container, prefix = large.app._layout.shards(claimed.job.job_id)
        return {path: large.app.blobs.get(container, path) for path in large.app.blobs.list(container, prefix)}

    ask(large.app, claimed)
    cut(large)
    cut_by_message = shards()
    large.app.blobs.delete(*large.app._layout.shard_index(claimed.job.job_id))
    monkeypatch.setattr(sharding, "AT_ONCE_BYTES", 1 << 20)
    assert ask(large.app, claimed) is None
    assert shards() == cut_by_message
    assert large.messages(INTAKE_QUEUE) == []


def test_signs_of_life_say_how_many_records_are_cut(large: Bench, claimed: ClaimedJob) -> None:
    ask(large.app, claimed)
    beaten = threading.Event()
    worker = replace(large.app.cut_shards, beat_seconds=0.01)
    seen: list[ShardingNote] = []
    save = type(worker.notes).save

    def saved(*arguments: Any) -> None:
        save(*arguments)
        seen.append(arguments[-1])
        if arguments[-1].done == claimed.job.record_count:
            beaten.set()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(type(worker.notes), "save", saved)
        usual = type(large.app.blobs).put

        def put(*arguments: Any) -> None:
            # The index is written when all is cut.
            if arguments[2].endswith("index.json"):
                beaten.wait(10)
            usual(*arguments)

        patched.setattr(type(large.app.blobs), "put", put)
        worker(claimed.job.job_id)
    assert beaten.is_set()
    assert all(note.is_worked_on for note in seen)
    assert [note.done for note in seen] == sorted(note.done for note in seen)


@pytest.mark.parametrize("twice", ["at the same time", "afterwards", "before it was asked for"])
def test_a_message_that_comes_twice_cuts_once(
    large: Bench, claimed: ClaimedJob, while_reading: Any, monkeypatch: pytest.MonkeyPatch, twice: str
) -> None:
    times: list[str] = []
    usual = Shard._shard
    monkeypatch.setattr(Shard, "_shard", lambda *given: (times.append("cut"), usual(*given))[1])
    rival = partial(large.another_app().cut_shards, claimed.job.job_id)
    if twice == "before it was asked for":
        rival()
        assert times == []
    ask(large.app, claimed)
    if twice == "at the same time":
        while_reading(rival)
    cut(large)
    if twice == "afterwards":
        rival()
    assert times == ["cut"]
    assert ask(large.app, claimed) is None


@pytest.mark.parametrize("dies", ["before it was taken up", "while reading", "before the index"])
def test_what_dies_is_asked_for_again_when_there_is_no_sign_of_life(
    large: Bench, claimed: ClaimedJob, monkeypatch: pytest.MonkeyPatch, dies: str
) -> None:
    ask(large.app, claimed)
    (message,) = large.messages(INTAKE_QUEUE)
    if dies != "before it was taken up":
        with monkeypatch.context() as dying, suppress(Killed):
            place = (Shard, "_file") if dies == "while reading" else (WrittenShards, "index")
            dying.setattr(*place, partial(kill, dying, type(large.app._sharding_notes)))
            large.app.cut_shards(message.job_id)
    assert ask(large.app, claimed) is not None
    assert cut(large) == 0, "it may still live"
    assert ask(large.later(1.5), claimed) is not None
    assert cut(large, large.later(1.5)) == 1
    assert ask(large.app, claimed) is None


def test_a_try_that_failed_is_repeated_by_its_message_and_after_several_the_run_is_told(
    large: Bench, claimed: ClaimedJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise UnavailableError("The storage is away.")

    ask(large.app, claimed)
    (message,) = large.messages(INTAKE_QUEUE)
    with monkeypatch.context() as broken:
        broken.setattr(Shard, "_shard", fail)
        for attempt in range(1, 6):
            assert ask(large.app, claimed) is not None
            with pytest.raises(UnavailableError, match="away"):
                large.app.cut_shards(message.job_id)
            assert note_of(large.app, claimed).tries == attempt
        large.app.cut_shards(message.job_id)
    for _ in range(2):
        with pytest.raises(UnavailableError) as refusal:
            ask(large.app, claimed)
        assert (refusal.value.status, refusal.value.code) == (503, "sharding_failed")
    large.app.release(claimed.job.job_id, claimed.claim.run_id, "NotifySilverStarted", "pipeline-1")
    again = claim_one(large)
    assert ask(large.app, again) is not None
    assert cut(large) == 1
    assert ask(large.app, again) is None


def test_a_file_that_changed_fails_the_job_when_the_run_asks(large: Bench, claimed: ClaimedJob, records: bytes) -> None:
    (file,) = large.app._records.intake(claimed.job.job_id).files
    large.app.blobs.put(*large.app._layout.place(file), records.replace(b"}", b"", 1))
    ask(large.app, claimed)
    cut(large)
    assert large.app.jobs.get(claimed.job.job_id).job.state is JobState.ROUTED
    with pytest.raises(AppError) as refusal:
        ask(large.app, claimed)
    assert refusal.value.status == 422
    failed = large.app.jobs.get(claimed.job.job_id).job
    assert failed.state is JobState.FAILED
    assert failed.problem is not None
    assert failed.problem.code == refusal.value.code
    with pytest.raises(ConflictError):
        ask(large.app, claimed)


def test_polling_keeps_the_claim(large: Bench, claimed: ClaimedJob) -> None:
    late = large.later(200)
    ask(late, claimed)
    claim = large.app._claims.of_run(claimed.job.job_id, claimed.claim.run_id)
    assert claim is not None
    assert claim.expires_at - claimed.claim.expires_at >= timedelta(minutes=199)


@pytest.mark.parametrize("ends", ["is stopped", "is another run's"])
def test_who_cuts_for_a_job_that_is_not_the_runs_any_more_ends(
    large: Bench, claimed: ClaimedJob, while_reading: Any, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    job_id, beaten = claimed.job.job_id, threading.Event()
    ask(large.app, claimed)

    def end() -> None:
        if ends == "is stopped":
            large.app.stop(job_id, "ann")
            with pytest.raises(ConflictError):
                ask(large.app, claimed)
        else:
            large.app.release(job_id, claimed.claim.run_id, "NotifySilverStarted", "pipeline-1")
            claim_one(large, "pipeline-2")
        # The first beat may have begun before that.
        for _ in range(2):
            beaten.clear()
            assert beaten.wait(10)

    usual = cut_shards._Work._beat
    monkeypatch.setattr(cut_shards._Work, "_beat", lambda work: (usual(work), beaten.set()))
    while_reading(end)
    replace(large.app.cut_shards, beat_seconds=0.01)(job_id)
    assert not large.app._shard.is_done(claimed.job)


def test_what_is_written_after_a_deletion_is_taken_away_again(
    large: Bench, claimed: ClaimedJob, while_reading: Any
) -> None:
    job_id = claimed.job.job_id
    ask(large.app, claimed)

    def delete() -> None:
        large.app.stop(job_id, "ann")
        with pytest.raises(ConflictError):
            ask(large.app, claimed)
        large.app.delete(job_id, "ann", bronze=False)

    while_reading(delete)
    cut(large)
    assert large.paths("staging") == set()


def test_messages_of_other_jobs_are_left_alone(large: Bench, records: bytes) -> None:
    waits = large.receive(records).job
    for job_id in (waits.job_id, "0" * 24):
        large.app.cut_shards(job_id)
    assert large.paths("staging") == set()
