"""The time of this machine."""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """A :class:`~shared.ports.Clock`."""

    def now(self) -> datetime:
        """Return the present time, UTC with a zone."""
        return datetime.now(UTC)
