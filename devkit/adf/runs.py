"""What is known of a run: its activities, their states, times and outputs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from devkit.adf.factory import Json

HIDDEN = "(secure)"


def new_run_id() -> str:
    """Make the id of a run of a pipeline or an activity."""
    return str(uuid.uuid4())


class State(StrEnum):
    """Where a run of a pipeline or an activity stands."""

    QUEUED = "Queued"
    IN_PROGRESS = "InProgress"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    TIMED_OUT = "TimedOut"
    SKIPPED = "Skipped"
    CANCELLED = "Cancelled"


@dataclass(slots=True)
class Problem:
    """Why an activity failed."""

    code: str
    message: str


@dataclass(slots=True)
class ActivityRun:
    """One activity within a run; an activity in a loop has one for each iteration."""

    name: str
    type: str
    iteration: int | None = None
    state: State = State.QUEUED
    attempt: int = 0
    started: datetime | None = None
    ended: datetime | None = None
    input: Any = None
    output: Any = None
    problem: Problem | None = None
    secure_input: bool = False
    secure_output: bool = False
    children: list[ActivityRun] = field(default_factory=list)
    child_run: PipelineRun | None = None
    id: str = field(default_factory=new_run_id)

    @property
    def shown_output(self) -> Any:
        """The output as people may see it."""
        return HIDDEN if self.secure_output and self.output is not None else self.output

    @property
    def shown_input(self) -> Any:
        """The input as people may see it."""
        return HIDDEN if self.secure_input and self.input is not None else self.input

    @property
    def seconds(self) -> float | None:
        """How long it took, None while that is not known."""
        return (self.ended - self.started).total_seconds() if self.started and self.ended else None


@dataclass(slots=True)
class PipelineRun:
    """One run of a pipeline."""

    pipeline: str
    parameters: Json
    trigger: Json | None = None
    parent: PipelineRun | None = None
    state: State = State.QUEUED
    queued: datetime | None = None
    started: datetime | None = None
    ended: datetime | None = None
    problem: Problem | None = None
    activities: list[ActivityRun] = field(default_factory=list)
    variables: Json = field(default_factory=dict)
    return_value: Json = field(default_factory=dict)
    id: str = field(default_factory=new_run_id)

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens in it."""
        return self.state not in {State.QUEUED, State.IN_PROGRESS}

    @property
    def seconds(self) -> float | None:
        """How long it took, None while that is not known."""
        return (self.ended - self.started).total_seconds() if self.started and self.ended else None

    def walk(self) -> Iterator[ActivityRun]:
        """Yield the runs of all activities, those in loops, branches and pipelines that were called among them."""
        yield from _below(self.activities)

    def of(self, name: str) -> list[ActivityRun]:
        """Return the runs of the activity of that name, in the order in which they were begun."""
        return [run for run in self.walk() if run.name == name]


def _below(runs: list[ActivityRun]) -> Iterator[ActivityRun]:
    for run in runs:
        yield run
        yield from _below(run.children)
        if run.child_run:
            yield from run.child_run.walk()
