"""What the runner knows of a type of activity."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from devkit.adf.context import Context
    from devkit.adf.factory import Factory, Json

Run = Callable[["Json", "Context"], Awaitable[Any]]
#: Says of an activity, before anything runs, what of it cannot be run here.
Check = Callable[["Json", "Factory"], Iterable[str]]


def _nothing(_activity: Json, _factory: Factory) -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True)
class ActivityType:
    """How activities of one type are run; ``run`` returns the output or raises an :class:`AdfError`."""

    run: Run
    unsupported: Check = _nothing
