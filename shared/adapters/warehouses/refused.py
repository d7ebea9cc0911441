"""The warehouse of a deployment that names one it cannot have: every use of it says why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from shared.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable


class RefusedWarehouse:
    """A :class:`~shared.ports.Warehouse` that is never there; jobs wait for the settings to be corrected."""

    def __init__(self, reason: str, advice: str) -> None:
        self._reason = reason
        self._advice = advice

    def __getattr__(self, use: str) -> Callable[..., NoReturn]:
        """Return, for whatever is asked of it, a function that raises :class:`UnavailableError`."""

        def refuse(*_: Any, **__: Any) -> NoReturn:
            raise UnavailableError(self._reason, code="warehouse_refused", advice=self._advice, service="warehouse")

        return refuse
