"""A run as a tree for the terminal: activities with their states, durations and outputs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rich.text import Text
from rich.tree import Tree

from devkit.adf.runs import State
from devkit.cli.show import visible

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from devkit.adf.runs import ActivityRun, PipelineRun

_SIGNS = {
    State.QUEUED: ("·", "dim"),
    State.IN_PROGRESS: ("▸", "cyan"),
    State.SUCCEEDED: ("✓", "green"),
    State.FAILED: ("✗", "red"),
    State.TIMED_OUT: ("✗", "red"),
    State.SKIPPED: ("–", "dim"),
    State.CANCELLED: ("■", "yellow"),
}
_SHOWN_CHARACTERS = 100
#: What every web activity answers, which tells nothing of this one.
_HEADERS = "ADFWebActivityResponseHeaders"


def run_tree(run: PipelineRun, now: datetime) -> Tree:
    """Return a run with all its activities as they stand at a moment."""
    tree = Tree(_title(run, now))
    _add(tree, run.activities, now)
    return tree


def activity_line(run: ActivityRun, now: datetime) -> Text:
    """Return what there is to say of one activity."""
    sign, style = _SIGNS[run.state]
    line = Text.assemble((f"{sign} ", style), (run.name, "bold" if run.state is State.IN_PROGRESS else ""))
    if run.iteration is not None:
        line.append(f"[{run.iteration}]", "dim")
    line.append(f"  {run.type}", "dim")
    if run.state in {State.SKIPPED, State.QUEUED, State.TIMED_OUT, State.CANCELLED}:
        line.append(f"  {run.state}", style)
    if run.started:
        line.append(f"  {_seconds(run.started, run.ended or now)}", "dim")
    if run.attempt > 1:
        line.append(f"  try {run.attempt}", "yellow")
    if run.problem and not run.children and not run.child_run:
        # Else those within say it.
        line.append(f"  {visible(run.problem.message)}", style)
    elif run.state is State.SUCCEEDED and (output := _output(run)):
        line.append(f"  {output}", "dim")
    return line


def _add(tree: Tree, runs: Iterable[ActivityRun], now: datetime) -> None:
    for run in runs:
        branch = tree.add(activity_line(run, now))
        _add(branch, run.children, now)
        if run.child_run:
            _add(branch.add(_title(run.child_run, now)), run.child_run.activities, now)


def _title(run: PipelineRun, now: datetime) -> Text:
    sign, style = _SIGNS[run.state]
    took = f"  {_seconds(run.started, run.ended or now)}" if run.started else ""
    return Text.assemble((f"{sign} ", style), (run.pipeline, "bold"), (f"  {run.state}{took}  {run.id}", "dim"))


def _seconds(start: datetime, end: datetime) -> str:
    return f"{(end - start).total_seconds():.1f} s"


def _output(run: ActivityRun) -> str:
    output = run.shown_output
    if isinstance(output, dict):
        output = {name: value for name, value in output.items() if name != _HEADERS}
    if not output:
        return ""
    text = visible(output if isinstance(output, str) else json.dumps(output, ensure_ascii=False))
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
