"""What can go wrong with the local system, said to the person who started it."""

from __future__ import annotations


class LocalSystemError(Exception):
    """The local system cannot start or go on; the message says why and what to do."""
