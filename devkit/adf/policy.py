"""What a definition says of an activity's tries, time and secrecy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from devkit.adf.timespan import parse_timespan

if TYPE_CHECKING:
    from collections.abc import Callable

    from devkit.adf.factory import Json

_DEFAULT_TIMEOUT = "0.12:00:00"
_DEFAULT_INTERVAL = 30


@dataclass(frozen=True, slots=True)
class Policy:
    """How often an activity is tried, how many seconds lie between, how many each may take (None: any number)."""

    tries: int = 1
    interval: float = 0
    timeout: float | None = None
    secure_input: bool = False
    secure_output: bool = False

    @classmethod
    def of(cls, activity: Json, evaluate: Callable[[Any], Any]) -> Self:
        """Read it; activities that steer others have none, and no limit of their own."""
        if not activity.get("policy"):
            return cls()
        policy = evaluate(activity["policy"])
        return cls(
            tries=1 + int(policy.get("retry", 0)),
            interval=policy.get("retryIntervalInSeconds", _DEFAULT_INTERVAL),
            timeout=parse_timespan(policy.get("timeout", _DEFAULT_TIMEOUT)).total_seconds(),
            secure_input=policy.get("secureInput", False),
            secure_output=policy.get("secureOutput", False),
        )
