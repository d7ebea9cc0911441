"""The activity that runs another pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devkit.adf.errors import ActivityError
from devkit.adf.runs import State

if TYPE_CHECKING:
    from devkit.adf.context import Context
    from devkit.adf.factory import Json


async def run_execute_pipeline(activity: Json, context: Context) -> Json:
    """Start a pipeline and, unless told otherwise, wait for its end; its failure is the activity's."""
    properties = activity["typeProperties"]
    name = properties["pipeline"]["referenceName"]
    arguments = context.evaluate(properties.get("parameters") or {})
    context.record.input = {"pipeline": name, "parameters": arguments}
    run = context.runner.start(name, arguments, context.pipeline_run.trigger, context.pipeline_run)
    context.record.child_run = run
    output: Json = {"pipelineName": name, "pipelineRunId": run.id}
    if not properties.get("waitOnCompletion", False):
        return output
    context.record.output = output
    await context.runner.wait(run)
    if run.state is not State.SUCCEEDED:
        reason = run.problem.message if run.problem else ""
        raise ActivityError(reason or f"The pipeline {name} ended as {run.state}.", "ExecutePipelineFailed")
    return output | ({"pipelineReturnValue": run.return_value} if run.return_value else {})
