from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import azure.functions as func
import pytest

from functions import events, queues, timers
from shared.domain.job import INTAKE_STATES, JobState
from shared.domain.message import JobMessage
from shared.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Callable

MESSAGE = JobMessage("job", "parent", "user", "ecommerce", 1)
CONTEXT: Any = SimpleNamespace(invocation_id="invocation")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    noted: list[tuple[Any, ...]] = []

    def note(name: str) -> Callable[..., None]:
        return lambda *arguments: noted.append((name, *arguments))

    names = ("process", "bury", "sweep", "sweep_landing", "take_in", "cut_shards", "arrivals")
    app = SimpleNamespace(**{name: note(name) for name in names})
    for module in (queues, timers, events):
        monkeypatch.setattr(module, "get_app", lambda: app)
    return noted


def call(blueprint: func.Blueprint, name: str, *arguments: Any) -> None:
    builders = blueprint._function_builders
    functions = {builder._function.get_function_name(): builder._function.get_user_function() for builder in builders}
    functions[name](*arguments)


def test_a_message_is_processed(calls: list[tuple[Any, ...]]) -> None:
    message = func.QueueMessage(body=MESSAGE.to_json().encode())
    call(queues.blueprint, "process_small_batch_queue", message, CONTEXT)
    assert calls == [("process", MESSAGE)]


def test_a_message_that_is_none_of_ours_goes_the_way_to_poison(calls: list[tuple[Any, ...]]) -> None:
    with pytest.raises(InvalidRequestError):
        call(queues.blueprint, "process_small_batch_queue", func.QueueMessage(body=b"nonsense"), CONTEXT)
    assert calls == []


def test_a_poison_message_buries_its_job(calls: list[tuple[Any, ...]]) -> None:
    message = func.QueueMessage(body=MESSAGE.to_json().encode())
    call(queues.blueprint, "bury_small_batch_poison", message, CONTEXT)
    assert calls == [("bury", MESSAGE, "The message failed too often and was given up on.", tuple(JobState))]


def test_a_poison_message_that_is_none_of_ours_is_let_go(
    calls: list[tuple[Any, ...]], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        call(queues.blueprint, "bury_small_batch_poison", func.QueueMessage(body=b"nonsense"), CONTEXT)
    assert calls == []
    assert "no job message" in caplog.text


def test_the_timer_sweeps(calls: list[tuple[Any, ...]]) -> None:
    call(timers.blueprint, "sweep_jobs", None, CONTEXT)
    assert calls == [("sweep",)]


def test_a_message_has_files_taken_in_or_cut(calls: list[tuple[Any, ...]]) -> None:
    call(queues.blueprint, "take_in_files", func.QueueMessage(body=MESSAGE.to_json().encode()), CONTEXT)
    assert calls == [("take_in", "job"), ("cut_shards", "job")]


def test_a_poison_message_of_files_buries_only_a_job_that_still_waits(calls: list[tuple[Any, ...]]) -> None:
    call(queues.blueprint, "bury_intake_poison", func.QueueMessage(body=MESSAGE.to_json().encode()), CONTEXT)
    assert calls == [("bury", MESSAGE, "The message failed too often and was given up on.", INTAKE_STATES)]


def test_the_timer_sweeps_the_landing_container(calls: list[tuple[Any, ...]]) -> None:
    call(timers.blueprint, "sweep_landing", None, CONTEXT)
    assert calls == [("sweep_landing",)]


SUBJECT = "/blobServices/default/containers/landing/blobs/inbox/ecommerce/May/Müller #1.json"


def blob_event(subject: str = SUBJECT, kind: str = "Microsoft.Storage.BlobCreated", **data: Any) -> func.EventGridEvent:
    return func.EventGridEvent(
        id="1", data=data, topic="", subject=subject, event_type=kind, event_time=None, data_version=""
    )


@pytest.mark.parametrize("api", ["PutBlob", "PutBlockList", "CopyBlob", "FlushWithClose"])
def test_an_event_tells_of_a_file_by_container_and_path(calls: list[tuple[Any, ...]], api: str) -> None:
    call(events.blueprint, events.TAKE_UP, blob_event(api=api), CONTEXT)
    assert calls == [("arrivals", "landing", "inbox/ecommerce/May/Müller #1.json")]


@pytest.mark.parametrize(
    "event",
    [
        blob_event(api="CreateFile"),
        blob_event(kind="Microsoft.Storage.BlobDeleted", api="DeleteBlob"),
        blob_event(subject="/blobServices/default/containers/landing"),
        blob_event(subject="something else"),
    ],
    ids=["not whole yet", "of a deletion", "of no blob", "of something else"],
)
def test_an_event_that_tells_of_no_whole_new_file_is_let_go(
    calls: list[tuple[Any, ...]], event: func.EventGridEvent
) -> None:
    call(events.blueprint, events.TAKE_UP, event, CONTEXT)
    assert calls == []
