"""Asks every part of the system whether it answers."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.errors import AppError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Check:
    """Whether a part answers, how long that took, and what is wrong otherwise."""

    ok: bool
    ms: int
    problem: str | None = None


HealthReport = dict[str, Check]


@dataclass(frozen=True, slots=True)
class Health:
    """The use case. ``pings`` holds, for each part, a function that raises when it does not answer."""

    pings: Mapping[str, Callable[[], None]]

    def __call__(self) -> HealthReport:
        """Ask all parts at once."""
        with ThreadPoolExecutor(len(self.pings)) as pool:
            return dict(zip(self.pings, pool.map(_checked, self.pings.values()), strict=True))


def _checked(ping: Callable[[], None]) -> Check:
    started, problem = time.perf_counter(), None
    try:
        ping()
    except AppError as error:
        problem = error.message
    except Exception as error:  # whatever a part does, the question about all of them is answered
        _log.exception("a health check failed unexpectedly")
        problem = f"It fails unexpectedly ({type(error).__name__})."
    return Check(problem is None, round((time.perf_counter() - started) * 1000), problem)
