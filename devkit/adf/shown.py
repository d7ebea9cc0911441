"""A run as JSON, for people and programs: secrets stay hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from devkit.adf.factory import Json
    from devkit.adf.runs import ActivityRun, PipelineRun


def shown_run(run: PipelineRun) -> Json:
    """Return a run with all its activities."""
    return {
        "runId": run.id,
        "pipeline": run.pipeline,
        "trigger": (run.trigger or {}).get("name", "Manual"),
        "status": run.state.value,
        "runStart": _moment(run.started),
        "runEnd": _moment(run.ended),
        "seconds": run.seconds,
        "error": run.problem and {"code": run.problem.code, "message": run.problem.message},
        "returnValue": run.return_value,
        "activities": [shown_activity(each) for each in run.activities],
    }


def shown_activity(run: ActivityRun) -> Json:
    """Return the run of an activity with those within it."""
    return {
        "name": run.name,
        "type": run.type,
        "iteration": run.iteration,
        "status": run.state.value,
        "attempts": run.attempt,
        "seconds": run.seconds,
        "output": run.shown_output,
        "error": run.problem and {"code": run.problem.code, "message": run.problem.message},
        "activities": [shown_activity(each) for each in run.children],
        "run": shown_run(run.child_run) if run.child_run else None,
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
