from __future__ import annotations

import json
import logging
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from devkit.host.errors import HostError
from devkit.host.host_json import HostJson, parse_timespan, read_host_json

REPOSITORY = Path(__file__).parents[4]


def host_json(directory: Path, **members: Any) -> HostJson:
    (directory / "host.json").write_text(json.dumps({"version": "2.0", **members}))
    return read_host_json(directory)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("00:00:05", timedelta(seconds=5)),
        ("01:30", timedelta(hours=1, minutes=30)),
        ("2.00:00:00", timedelta(days=2)),
        ("00:00:00.250", timedelta(milliseconds=250)),
    ],
)
def test_a_time_span_is_read_as_dotnet_writes_it(text: str, span: timedelta) -> None:
    assert parse_timespan(text) == span


@pytest.mark.parametrize("text", ["5", "24:00:00", "00:60:00", "00:00:60", "-00:00:01", "soon"])
def test_any_other_text_is_no_time_span(text: str) -> None:
    with pytest.raises(ValueError, match="is no time span"):
        parse_timespan(text)


def test_what_is_not_said_has_the_defaults_of_the_real_host(tmp_path: Path) -> None:
    queues = host_json(tmp_path).queues
    assert queues.batch_size == 16
    assert queues.new_batch_threshold == 8 * (os.cpu_count() or 1)
    assert queues.max_dequeue_count == 5
    assert queues.visibility_timeout == timedelta()
    assert queues.message_encoding == "base64"


def test_the_threshold_of_a_new_batch_follows_the_batch_size(tmp_path: Path) -> None:
    queues = host_json(tmp_path, extensions={"queues": {"batchSize": 4}}).queues
    assert queues.new_batch_threshold == 2 * (os.cpu_count() or 1)


def test_the_route_prefix_is_api_unless_it_is_emptied(tmp_path: Path) -> None:
    assert host_json(tmp_path).route_prefix == "api"
    assert host_json(tmp_path, extensions={"http": {"routePrefix": ""}}).route_prefix == ""


def test_functions_may_run_half_an_hour_or_as_long_as_is_said(tmp_path: Path) -> None:
    assert host_json(tmp_path).function_timeout == timedelta(minutes=30)
    assert host_json(tmp_path, functionTimeout="00:10:00").function_timeout == timedelta(minutes=10)
    assert host_json(tmp_path, functionTimeout="-1").function_timeout is None


def test_a_log_category_without_a_level_has_the_default_one(tmp_path: Path) -> None:
    levels = {"default": "Warning", "Function": "Trace", "Quiet": "None"}
    found = host_json(tmp_path, logging={"logLevel": levels})
    assert found.log_level("Function") == logging.DEBUG
    assert found.log_level("Host") == logging.WARNING
    assert found.log_level("Quiet") > logging.CRITICAL
    assert host_json(tmp_path).log_level("Host") == logging.INFO


@pytest.mark.parametrize(
    ("members", "named"),
    [
        ({"version": "1.0"}, "version"),
        ({"extensions": {"queues": {"batchSize": 33}}}, "extensions.queues.batchSize"),
        ({"extensions": {"queues": {"maxDequeueCount": 0}}}, "extensions.queues.maxDequeueCount"),
        ({"extensions": {"queues": {"visibilityTimeout": "5s"}}}, "write it as hh:mm:ss"),
        ({"extensions": {"queues": {"maxPollingInterval": "00:00:00"}}}, "maxPollingInterval"),
        ({"extensions": {"queues": {"messageEncoding": "utf8"}}}, "messageEncoding"),
        ({"functionTimeout": "long"}, "functionTimeout"),
        ({"logging": {"logLevel": {"default": "Loud"}}}, "'Loud' is no log level"),
    ],
)
def test_a_wrong_member_is_named(tmp_path: Path, members: dict[str, Any], named: str) -> None:
    with pytest.raises(HostError, match=named):
        host_json(tmp_path, **members)


def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(HostError, match=r"There is no host\.json"):
        read_host_json(tmp_path)


def test_a_file_that_is_no_json_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "host.json").write_text("{")
    with pytest.raises(HostError, match="is no JSON"):
        read_host_json(tmp_path)


def test_the_host_json_of_this_app_starts_small_jobs_within_a_second() -> None:
    found = read_host_json(REPOSITORY)
    assert found.route_prefix == ""
    assert found.queues.max_polling_interval == timedelta(seconds=1)
    assert found.queues.visibility_timeout == timedelta(seconds=5)
    assert found.queues.max_dequeue_count == 5
    # What runs at once must fit the memory of a function instance.
    assert found.queues.batch_size + found.queues.new_batch_threshold == 6
