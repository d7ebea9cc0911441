"""What a check has found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a thing stands. A warning is about what is needed for some purposes only."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it stands, and how to mend it where that is needed."""

    name: str
    verdict: Verdict
    found: str
    advice: str | None = None
