from __future__ import annotations

from datetime import UTC, datetime

import pytest

from devkit.host.errors import HostError
from devkit.host.schedule import Schedule

THURSDAY = datetime(2026, 1, 1, 12, 0, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "upcoming"),
    [
        ("*/5 * * * * *", "2026-01-01T12:00:05"),
        ("0 */10 * * * *", "2026-01-01T12:10:00"),
        ("*/10 * * * *", "2026-01-01T12:10:00"),
        ("0 30 9 * * 1-5", "2026-01-02T09:30:00"),
        ("0 30 9 * * Mon-Fri", "2026-01-02T09:30:00"),
        ("0 0 8 * * 0", "2026-01-04T08:00:00"),
        ("0 0 0 1 Mar *", "2026-03-01T00:00:00"),
        ("0 0 8-10,14 * * *", "2026-01-01T14:00:00"),
        ("0 0 0 29 2 *", "2028-02-29T00:00:00"),
    ],
)
def test_five_fields_start_with_minutes_and_six_with_seconds(expression: str, upcoming: str) -> None:
    assert Schedule(expression).next_after(THURSDAY) == datetime.fromisoformat(upcoming).replace(tzinfo=UTC)


def test_an_occurrence_is_later_than_the_moment_itself() -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert Schedule("0 0 12 * * *").next_after(noon) == datetime(2026, 1, 2, 12, tzinfo=UTC)


def test_day_of_month_and_day_of_week_must_both_match() -> None:
    first_that_is_a_monday = datetime(2026, 6, 1, 9, tzinfo=UTC)
    assert Schedule("0 0 9 1 * 1").next_after(THURSDAY) == first_that_is_a_monday


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "hourly",
        "@hourly",
        "00:05:00",
        "* * * *",
        "* * * * * * *",
        "60 * * * * *",
        "0 0 0 L * *",
        "0 0 0 * * 1#2",
        "0 0 0 * * 7",
        "0 0 0 * * 5-7",
    ],
)
def test_what_the_real_host_would_not_take_is_refused(expression: str) -> None:
    with pytest.raises(HostError, match="NCRONTAB"):
        Schedule(expression)


def test_a_schedule_that_never_occurs_is_refused() -> None:
    with pytest.raises(HostError, match="never occurs"):
        Schedule("0 0 0 31 2 *")


def test_less_than_a_minute_apart_is_frequent() -> None:
    assert Schedule("*/30 * * * * *").is_frequent(THURSDAY)
    assert Schedule("0,1 0 * * * *").is_frequent(THURSDAY)
    assert not Schedule("* * * * *").is_frequent(THURSDAY)
