"""When schedule triggers fire."""

from datetime import UTC, datetime
from typing import Any

import pytest

from devkit.adf.errors import AdfError
from devkit.adf.recurrence import Recurrence
from devkit.adf.settings import trigger_seconds

NOW = "2026-03-09T08:05:00"  # a Monday
CASES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("ten minutes", {"frequency": "Minute", "interval": 10}, ["2026-03-09T08:10", "2026-03-09T08:20"]),
    ("ten hours, from its start", {"frequency": "Hour", "interval": 10}, ["2026-03-09T12:00", "2026-03-09T22:00"]),
    ("a day", {"frequency": "Day", "interval": 1}, ["2026-03-10T00:00", "2026-03-11T00:00"]),
    ("a week", {"frequency": "Week", "interval": 2}, ["2026-03-12T00:00", "2026-03-26T00:00"]),
    ("a month", {"frequency": "Month", "interval": 1}, ["2026-04-01T00:00", "2026-05-01T00:00"]),
    (
        "hours and minutes of a day",
        {"frequency": "Day", "interval": 1, "schedule": {"hours": [20, 8], "minutes": [0, 30]}},
        ["2026-03-09T08:30", "2026-03-09T20:00", "2026-03-09T20:30", "2026-03-10T08:00"],
    ),
    (
        "days of a week",
        {"frequency": "Week", "interval": 1, "schedule": {"weekDays": ["Friday", "Monday"], "hours": [9]}},
        ["2026-03-09T09:00", "2026-03-13T09:00", "2026-03-16T09:00"],
    ),
    (
        "the last day of a month",
        {"frequency": "Month", "interval": 1, "schedule": {"monthDays": [-1]}},
        ["2026-03-31T00:00", "2026-04-30T00:00"],
    ),
    (
        "a day where the clocks change",
        {"frequency": "Day", "interval": 1, "timeZone": "W. Europe Standard Time", "startTime": "2026-03-27T09:00:00"},
        ["2026-03-27T08:00", "2026-03-28T08:00", "2026-03-29T07:00"],
    ),
    (
        "not before its start",
        {"frequency": "Hour", "interval": 1, "startTime": "2027-01-01T00:00:00Z"},
        ["2027-01-01T00:00", "2027-01-01T01:00"],
    ),
]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("definition", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_trigger_fires_every(definition: dict[str, Any], expected: list[str]) -> None:
    recurrence = Recurrence({"startTime": "2026-01-01T00:00:00Z", **definition})
    found, latest = [], moment(NOW)
    for _ in expected:
        upcoming = recurrence.next_after(latest)
        assert upcoming is not None
        found.append(upcoming)
        latest = upcoming

    assert found == [moment(each) for each in expected]


def test_a_trigger_ends_at_its_end() -> None:
    recurrence = Recurrence(
        {"frequency": "Hour", "startTime": "2026-03-09T00:00:00Z", "endTime": "2026-03-09T09:00:00Z"}
    )

    assert recurrence.next_after(moment("2026-03-09T08:30")) == moment("2026-03-09T09:00")
    assert recurrence.next_after(moment("2026-03-09T09:00")) is None


@pytest.mark.parametrize(
    ("definition", "reason"),
    [
        ({"frequency": "Fortnight"}, "The frequency 'Fortnight' is none of Minute, Hour, Day, Week, Month."),
        (
            {"frequency": "Month", "schedule": {"monthlyOccurrences": []}},
            "A schedule by monthlyOccurrences is not supported by Month.",
        ),
    ],
)
def test_what_is_not_supported_is_refused(definition: dict[str, Any], reason: str) -> None:
    with pytest.raises(AdfError) as caught:
        Recurrence({"startTime": "2026-01-01T00:00:00Z", **definition})

    assert str(caught.value) == reason


def test_intervals_are_settings() -> None:
    assert trigger_seconds({"STRATA_TRIGGER_SECONDS": "A=30, B=0.5"}) == {"A": 30, "B": 0.5}
    assert trigger_seconds({}) == {}


@pytest.mark.parametrize("text", ["A", "A=often", "A=0"])
def test_an_interval_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(AdfError, match="STRATA_TRIGGER_SECONDS"):
        trigger_seconds({"STRATA_TRIGGER_SECONDS": text})
