"""What the host prints at start: its functions, and what starts each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devkit.host import load

if TYPE_CHECKING:
    from devkit.host.load import LoadedApp, LoadedFunction


def function_table(app: LoadedApp, base_url: str) -> str:
    """Return one line for each function, in the order of their kinds and names."""
    kinds = (load.HTTP_TRIGGER, load.QUEUE_TRIGGER, load.TIMER_TRIGGER, load.EVENT_GRID_TRIGGER)
    functions = sorted(app.functions, key=lambda function: (kinds.index(function.kind), function.name))
    width = max((len(function.name) for function in functions), default=0)
    lines = (f"  {function.name:<{width}}  {_cause(function, base_url)}" for function in functions)
    return "\n".join(["Functions:", "", *lines, ""])


def _cause(function: LoadedFunction, base_url: str) -> str:
    trigger = function.trigger
    match function.kind:
        case load.HTTP_TRIGGER:
            cause = f"{base_url}{trigger['route']}"
        case load.QUEUE_TRIGGER:
            cause = f"queue {trigger['queueName']}"
        case load.TIMER_TRIGGER:
            cause = f"timer {trigger['schedule']}"
        case _:
            cause = "Event Grid"
    return f"{cause}  (disabled)" if function.disabled else cause
