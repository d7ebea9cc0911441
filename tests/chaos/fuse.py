"""Ends an application right before or after a chosen one of its writes, without the product knowing of it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from shared.adapters.warehouses.duckdb import warehouse as duckdb_warehouse
from shared.adapters.warehouses.duckdb.loading import forget_job, load_run

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.bootstrap import App

_WRITES = {
    "blobs": {"put", "put_new", "copy", "delete"},
    "job_store": {"create", "save", "claim_content", "release_content"},
    "queue": {"send"},
    "warehouse": {"load", "forget"},
}


class Died(BaseException):
    """The process is gone, as far as one process can say that of itself: nothing in the product catches it."""


def die() -> None:
    raise Died


class Fuse:
    """Counts the points before and after every write; from point ``blows_at`` on, each calls ``end``.

    Every point is told to ``note`` first.
    """

    def __init__(
        self, blows_at: int | None, end: Callable[[], object], note: Callable[[str], object] = lambda _: None
    ) -> None:
        self.points: list[str] = []
        self._note = note
        self._blows_at = blows_at
        self._end = end
        self._counting = threading.Lock()

    @property
    def has_blown(self) -> bool:
        return self._blows_at is not None and len(self.points) > self._blows_at

    def point(self, name: str) -> None:
        with self._counting:
            number = len(self.points)
            self.points.append(name)
            self._note(name)
        if self._blows_at is not None and number >= self._blows_at:
            self._end()


class _Guarded:
    """An adapter whose writes pass the fuse."""

    def __init__(self, name: str, adapter: Any, fuse: Fuse) -> None:
        self._name, self._adapter, self._fuse = name, adapter, fuse

    def __getattr__(self, member: str) -> Any:
        found = getattr(self._adapter, member)
        if member not in _WRITES[self._name]:
            return found

        def write(*arguments: Any, **named: Any) -> Any:
            label = f"{self._name}.{member}{_what(arguments)}"
            self._fuse.point(f"before {label}")
            result = found(*arguments, **named)
            self._fuse.point(f"after {label}")
            return result

        return write


def arm(app: App, fuse: Fuse, patch: Callable[[Any, str, Any], object] = setattr) -> None:
    """Lead all writes of an app through a fuse; do it before the app is used."""
    for name in _WRITES:
        app.__dict__[name] = _Guarded(name, getattr(app, name), fuse)

    def passing_the_fuse(change: Callable[..., Any]) -> Callable[..., Any]:
        def changed(*arguments: Any) -> Any:
            result = change(*arguments)
            fuse.point("before the commit of the warehouse")
            return result

        return changed

    for change in (load_run, forget_job):
        patch(duckdb_warehouse, change.__name__, passing_the_fuse(change))


def _what(arguments: tuple[Any, ...]) -> str:
    """Say what is written: a blob's place, or the state of a job."""
    states = [f" ({one.state})" for one in arguments if hasattr(one, "state")]
    places = [f" {one}" for one in arguments if isinstance(one, str)]
    return "".join(states[:1] or places[:2])
