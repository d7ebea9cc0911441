from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from shared.logs import JsonFormatter, configure_logging, invocation_logging, job_logging, stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("shared")
    logger.addHandler(handler)
    logger.setLevel("INFO")
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logger.removeHandler(handler)


LOG = logging.getLogger("shared.tests")


def test_a_line_carries_job_stage_and_invocation(lines: Lines) -> None:
    with invocation_logging("i1"), job_logging("j1"), stage("silver"):
        LOG.info("rows judged", extra={"fields": {"rows": 3}})
    line = lines()[0]
    assert line | {"time": "", "logger": ""} == {
        "time": "",
        "level": "info",
        "logger": "",
        "message": "rows judged",
        "invocationId": "i1",
        "jobId": "j1",
        "stage": "silver",
        "rows": 3,
    }


def test_fields_end_with_their_block(lines: Lines) -> None:
    with job_logging("j1"):
        pass
    LOG.info("afterwards")
    assert "jobId" not in lines()[0]


def test_a_stage_says_how_long_it_took(lines: Lines) -> None:
    with stage("gold") as watch:
        running = watch.ms
    assert lines()[0]["ms"] == watch.ms >= running >= 0


def test_an_exception_is_told_without_its_text(lines: Lines) -> None:
    try:
        int("jane@example.org")
    except ValueError:
        LOG.exception("a step failed")
    line = lines()[0]
    assert line["error"] == "ValueError"
    assert "test_an_exception_is_told_without_its_text" in line["at"][0]
    assert "jane" not in json.dumps(line)


def test_configuring_twice_writes_every_line_once(monkeypatch: pytest.MonkeyPatch) -> None:
    root = logging.Logger("root")
    monkeypatch.setattr(logging, "getLogger", lambda name=None: logging.Logger(name) if name else root)
    configure_logging()
    configure_logging("debug")
    assert len(root.handlers) == 1


def test_a_functions_worker_forwards_json(monkeypatch: pytest.MonkeyPatch) -> None:
    forwarding = type("AsyncLoggingHandler", (logging.Handler,), {"__module__": "azure_functions_worker.dispatcher"})
    root = logging.Logger("root")
    root.addHandler(forwarding())
    monkeypatch.setattr(logging, "getLogger", lambda name=None: logging.Logger(name) if name else root)
    configure_logging()
    assert [type(handler.formatter) for handler in root.handlers] == [JsonFormatter]
