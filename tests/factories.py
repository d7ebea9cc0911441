"""Small made-up factories, and a time that passes by itself whenever all wait."""

from __future__ import annotations

import asyncio
import json
import selectors
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from devkit.adf.factory import Factory, load_factory
from devkit.adf.runs import PipelineRun

if TYPE_CHECKING:
    from pathlib import Path

START = datetime(2026, 3, 9, 8, tzinfo=UTC)
BASE_URL = "http://127.0.0.1:7071"
Json = dict[str, Any]


class _JumpingSelector(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    """Waits for nothing: the time of a wait has passed at once."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> Any:
        found = super().select(0 if timeout is not None else None)
        if not found and timeout:
            self.passed += timeout
        return found


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop in whose time nobody waits."""

    def __init__(self) -> None:
        self.clock = _JumpingSelector()
        super().__init__(self.clock)

    def time(self) -> float:
        return self.clock.passed

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        """Do the work at once: no time is to pass while a thread is at it."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future


def now() -> datetime:
    """The time in such a loop."""
    return START + timedelta(seconds=asyncio.get_running_loop().time())


class Folder:
    """A factory's folder that a test fills."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def add(self, kind: str, name: str, **properties: Any) -> Path:
        """Write a definition."""
        return self.write(kind, name, {"name": name, "properties": properties})

    def write(self, kind: str, name: str, content: Any) -> Path:
        """Write a file as it is to be."""
        file = self.root / kind / f"{name}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content), encoding="utf-8")
        return file

    def load(self) -> Factory:
        """Read what was written."""
        return load_factory(self.root)


Execute = Callable[..., PipelineRun]


def activity(name: str, kind: str, properties: Json, *after: str | tuple[str, str], **more: Any) -> Json:
    """An activity; ``after`` are those it depends on, with the condition when it is not Succeeded."""
    pairs = [(each, "Succeeded") if isinstance(each, str) else each for each in after]
    depends_on = [{"activity": other, "dependencyConditions": [condition]} for other, condition in pairs]
    return {"name": name, "type": kind, "dependsOn": depends_on, "typeProperties": properties, **more}


def wait(name: str, seconds: Any, *after: str | tuple[str, str], **more: Any) -> Json:
    """An activity that takes its time."""
    return activity(name, "Wait", {"waitTimeInSeconds": seconds}, *after, **more)


def fail(name: str, *after: str | tuple[str, str], message: str = "on purpose") -> Json:
    """An activity that fails."""
    return activity(name, "Fail", {"message": message, "errorCode": "500"}, *after)


def assign(name: str, variable: str, value: Any, *after: str | tuple[str, str]) -> Json:
    """An activity that sets a variable."""
    return activity(name, "SetVariable", {"variableName": variable, "value": value}, *after)


def variables(**kinds: str) -> Json:
    """Variables by their types."""
    return {name: {"type": kind} for name, kind in kinds.items()}


def states(run: PipelineRun) -> dict[str, str]:
    """The states of a run's own activities."""
    return {each.name: each.state.value for each in run.activities}
