"""host.json as the host uses it: queue options, the functions' time limit, log levels, the route prefix."""

from __future__ import annotations

import json
import logging
import os
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from devkit.host.errors import HostError

if TYPE_CHECKING:
    from pathlib import Path

_TIMESPAN = re.compile(r"(?:(?P<days>\d+)\.)?(?P<hours>\d{1,2}):(?P<minutes>\d{2})(?::(?P<seconds>\d{2}(?:\.\d+)?))?")
_LEVELS = {
    "trace": logging.DEBUG,
    "debug": logging.DEBUG,
    "information": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "critical": logging.CRITICAL,
    "none": logging.CRITICAL + 1,
}


def parse_timespan(text: str) -> timedelta:
    """Return the span that .NET writes as ``[d.]hh:mm[:ss[.fff]]``; raises ValueError for any other text."""
    found = _TIMESPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"'{text}' is no time span; write it as hh:mm:ss")
    parts = {unit: float(number) for unit, number in found.groupdict(default="0").items()}
    if parts["hours"] > 23 or parts["minutes"] > 59 or parts["seconds"] >= 60:
        raise ValueError(f"'{text}' is no time span; hours end at 23, minutes and seconds at 59")
    return timedelta(**parts)


def _timespan(value: object) -> object:
    return parse_timespan(value) if isinstance(value, str) else value


def _function_timeout(value: object) -> object:
    return None if value == "-1" else _timespan(value)


def _level(value: object) -> int:
    if not isinstance(value, str) or value.lower() not in _LEVELS:
        raise ValueError(f"'{value}' is no log level; the levels are {', '.join(_LEVELS)}")
    return _LEVELS[value.lower()]


_TimeSpan = Annotated[timedelta, BeforeValidator(_timespan)]
_LogLevel = Annotated[int, BeforeValidator(_level)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class QueueOptions(_Section):
    """``extensions.queues``, with the defaults of the storage queues extension."""

    batch_size: int = Field(default=16, ge=1, le=32)
    new_batch_threshold: int = Field(
        default_factory=lambda options: options["batch_size"] // 2 * (os.cpu_count() or 1), ge=0
    )
    max_dequeue_count: int = Field(default=5, ge=1)
    visibility_timeout: _TimeSpan = timedelta()
    # In Azure the default is a minute; a host on a developer's machine polls at least every two seconds.
    max_polling_interval: _TimeSpan = Field(default=timedelta(seconds=2), ge=timedelta(milliseconds=100))
    message_encoding: Literal["base64", "none"] = "base64"


class _Http(_Section):
    route_prefix: str = "api"


class _Extensions(_Section):
    queues: QueueOptions = QueueOptions()
    http: _Http = _Http()


class _Logging(_Section):
    log_level: dict[str, _LogLevel] = Field(default_factory=dict)


class HostJson(_Section):
    """A valid host.json; members that only Azure uses are ignored."""

    version: Literal["2.0"]
    extensions: _Extensions = _Extensions()
    logging: _Logging = _Logging()
    # Without a limit of their own, functions may run for half an hour, as in a Flex Consumption plan.
    function_timeout: Annotated[timedelta | None, BeforeValidator(_function_timeout)] = timedelta(minutes=30)

    @property
    def queues(self) -> QueueOptions:
        """The options of queue triggers."""
        return self.extensions.queues

    @property
    def route_prefix(self) -> str:
        """What precedes every route of an HTTP function."""
        return self.extensions.http.route_prefix

    def log_level(self, category: str) -> int:
        """Return the ``logging`` level of a category, ``default`` standing in for one that is not named."""
        levels = self.logging.log_level
        return levels.get(category, levels.get("default", logging.INFO))


def read_host_json(directory: Path) -> HostJson:
    """Read the directory's host.json; raises :class:`HostError` naming each member that is wrong."""
    path = directory / "host.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise HostError(f"There is no host.json in {directory}.") from None
    except ValueError as error:
        raise HostError(f"{path} is no JSON: {error}.") from None
    try:
        return HostJson.model_validate(content)
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise HostError(f"{path} is not valid: {'; '.join(faults)}.") from None
