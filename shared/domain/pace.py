"""How long the paths take, as ``make bench`` has measured them on two cores: it is told of jobs and decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from shared.domain.job import ProcessingPath

if TYPE_CHECKING:
    from collections.abc import Mapping

_MINUTE, _HOUR = 60, 3_600


@dataclass(frozen=True, slots=True)
class Pace:
    """The seconds that a path takes however small a job is, and for each record more."""

    start: float
    each: float

    def seconds(self, records: int) -> float:
        """Return how long so many records take."""
        return self.start + self.each * records

    def in_words(self, records: int) -> str:
        """Say how long so many records take, as exactly as it is known: to one digit."""
        seconds = self.seconds(records)
        if seconds < _MINUTE:
            return _about(seconds, "second")
        return _about(seconds / _MINUTE, "minute") if seconds < _HOUR else _about(seconds / _HOUR, "hour")


#: Of records of ten tables and 3 kB each, the widest there are; others take less.
MEASURED: Final[Mapping[ProcessingPath, Pace]] = {
    ProcessingPath.SMALL_BATCH: Pace(start=0.5, each=0.000_25),
    ProcessingPath.LARGE_BATCH: Pace(start=30, each=0.000_3),
}


def _about(number: float, unit: str) -> str:
    step = 10 if number >= 10 else 1
    rounded = max(1, round(number / step) * step)
    return f"about {rounded} {unit}{'s' * (rounded != 1)}"
