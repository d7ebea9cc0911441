"""The order in which jobs count: that in which their files were sent, whenever and how often they are worked on.

It is text that sorts, so that any store can compare it. A replay has the order of the job whose files it runs. A
correction comes right after what it corrects, and so before all that was sent after that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


def order_of(sent_at: datetime, corrects: str | None = None) -> str:
    """Return the order of files sent at a moment in UTC, or of corrections to a job of the order ``corrects``."""
    own = sent_at.isoformat(timespec="microseconds")
    return own if corrects is None else f"{corrects}/{own}"
