from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import azure.functions as func
import pytest

from functions import queues, timers
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

    app = SimpleNamespace(process=note("process"), bury=note("bury"), sweep=note("sweep"))
    for module in (queues, timers):
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
    assert calls == [("bury", MESSAGE, "The message failed too often and was given up on.")]


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
