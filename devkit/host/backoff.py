"""How long a queue that was empty is left alone."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SHORTEST = 0.1


class PollingBackoff:
    """Delays between polls of an empty queue: they double, more or less, up to ``longest`` seconds."""

    def __init__(self, longest: float, jitter: Callable[[], float] | None = None) -> None:
        self._longest = longest
        self._jitter = jitter or _jitter
        self._empty_polls = 0
        self._delay = 0.0

    def reset(self) -> None:
        """Start again from the shortest delay, because there was work."""
        self._empty_polls = 0
        self._delay = 0.0

    def next_delay(self) -> float:
        """Return the seconds to wait after one more empty poll."""
        if self._delay < self._longest:
            growth = self._jitter() * 2 ** (self._empty_polls - 1) if self._empty_polls else 0.0
            self._delay = min(_SHORTEST * (1 + growth), self._longest)
            self._empty_polls += 1
        return self._delay


def _jitter() -> float:
    return random.uniform(0.8, 1.2)  # noqa: S311 - nothing is secret about a delay
