"""What keeps the host from starting."""

from __future__ import annotations


class HostError(Exception):
    """The app, its host.json or its settings cannot be run; the text is one sentence that says why."""
