"""Structured logs: one JSON object a line on stderr, carrying the job, the stage and the invocation at work.

Messages name jobs, tables and counts, never values out of the data.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FIELDS: ContextVar[Mapping[str, str]] = ContextVar("log_fields", default={})  # noqa: B039 - never changed in place
_LOGGERS = ("shared", "functions", "devkit")
_WORKER_MODULES = ("azure_functions_", "proxy_worker")
_log = logging.getLogger(__name__)


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for ``record``; of an exception its class and the lines passed, not its text."""
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_FIELDS.get(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            entry["error"] = type(record.exc_info[1]).__name__
            entry["at"] = _frames(record.exc_info[1])
        return json.dumps(entry, default=str)


def _frames(error: BaseException) -> list[str]:
    """Name the lines that an exception passed, innermost last; its text may hold data and is left out."""
    lines, trace = [], error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        lines.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return lines


def configure_logging(level: str = "INFO") -> None:
    """Write the logs of this process as JSON lines; calling it again only changes the level.

    A Functions worker forwards what reaches its own handler, so its handler gets the format; elsewhere lines
    go to stderr.
    """
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(level.upper())
    root = logging.getLogger()
    forwarding = [handler for handler in root.handlers if type(handler).__module__.startswith(_WORKER_MODULES)]
    for handler in forwarding:
        handler.setFormatter(JsonFormatter())
    if not any(isinstance(one.formatter, JsonFormatter) for one in root.handlers):
        stderr = logging.StreamHandler(sys.stderr)
        stderr.setFormatter(JsonFormatter())
        root.addHandler(stderr)


@contextmanager
def log_fields(**fields: str) -> Iterator[None]:
    """Add fields to every log line written inside."""
    token = _FIELDS.set({**_FIELDS.get(), **fields})
    try:
        yield
    finally:
        _FIELDS.reset(token)


@contextmanager
def job_logging(job_id: str) -> Iterator[None]:
    """Say in every log line written inside which job it is about."""
    with log_fields(jobId=job_id):
        yield


@contextmanager
def invocation_logging(invocation_id: str) -> Iterator[None]:
    """Say in every log line written inside which invocation of a function wrote it."""
    with log_fields(invocationId=invocation_id):
        yield


@dataclass(slots=True)
class Stopwatch:
    """How long a stage took: counts while it runs and stands still afterwards."""

    started: float
    ended: float | None = None

    @property
    def ms(self) -> int:
        """Whole milliseconds since the start, up to now or up to the end."""
        return round(((self.ended or time.perf_counter()) - self.started) * 1000)


@contextmanager
def stage(name: str) -> Iterator[Stopwatch]:
    """Time a stage of a job, name it in the log lines written inside, and log its end."""
    watch = Stopwatch(time.perf_counter())
    with log_fields(stage=name):
        try:
            yield watch
        finally:
            watch.ended = time.perf_counter()
            _log.info("stage ended", extra={"fields": {"ms": watch.ms}})
