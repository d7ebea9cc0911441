from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pytest

from devkit.host.backoff import PollingBackoff

if TYPE_CHECKING:
    from collections.abc import Iterator


def delays(backoff: PollingBackoff) -> Iterator[float]:
    while True:
        yield backoff.next_delay()


def test_the_first_empty_poll_waits_a_tenth_of_a_second() -> None:
    assert PollingBackoff(longest=60).next_delay() == pytest.approx(0.1)


def test_further_empty_polls_wait_a_growing_time_up_to_the_longest() -> None:
    backoff = PollingBackoff(longest=1, jitter=lambda: 1.0)
    assert list(islice(delays(backoff), 7)) == pytest.approx([0.1, 0.2, 0.3, 0.5, 0.9, 1, 1])


def test_each_delay_varies_by_a_fifth() -> None:
    for attempt in range(20):
        _, second, third = islice(delays(PollingBackoff(longest=60)), 3)
        assert 0.18 <= second <= 0.22, attempt
        assert 0.26 <= third <= 0.34, attempt


def test_work_brings_the_shortest_delay_back() -> None:
    backoff = PollingBackoff(longest=1)
    list(islice(delays(backoff), 10))
    backoff.reset()
    assert backoff.next_delay() == pytest.approx(0.1)


def test_a_longest_delay_below_the_first_one_holds() -> None:
    assert PollingBackoff(longest=0.05).next_delay() == pytest.approx(0.05)
