"""What expressions of a pipeline, a dataset, a linked service and a trigger can see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from devkit.adf.errors import AdfError
from devkit.adf.expressions.evaluate import evaluate
from devkit.adf.expressions.functions.dates import clock_functions
from devkit.adf.expressions.scope import Scope
from devkit.adf.expressions.values import as_text, property_of
from devkit.adf.factory import nearest
from devkit.adf.runs import State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from devkit.adf.factory import Definition, Json
    from devkit.adf.runs import ActivityRun, PipelineRun


def pipeline_scope(run: PipelineRun, global_parameters: Json, now: Callable[[], datetime]) -> Scope:
    """Return what the expressions of a pipeline see, apart from activities and items."""
    trigger = run.trigger or {}
    parent = run.parent
    known: Json = {
        "DataFactory": "local",
        "Pipeline": run.pipeline,
        "RunId": run.id,
        "GroupId": run.id,
        "TriggerId": trigger.get("id"),
        "TriggerName": trigger.get("name", "Manual"),
        "TriggerType": trigger.get("type", "Manual"),
        "TriggerTime": trigger.get("startTime") or _shown(run.queued),
        "TriggeredByPipelineName": parent.pipeline if parent else None,
        "TriggeredByPipelineRunId": parent.id if parent else None,
        "parameters": run.parameters,
        "globalParameters": global_parameters,
    }
    return Scope().having(
        **clock_functions(now),
        pipeline=lambda: known,
        parameters=lambda name: _named("parameter", name, run.parameters),
        variables=lambda name: _named("variable", name, run.variables),
        trigger=lambda: trigger,
    )


def activities_seen(scope: Scope, run: PipelineRun, results: Mapping[str, ActivityRun]) -> Scope:
    """Return a scope that sees, beside all else, what activities of ``run`` have come to."""

    def activity(name: Any) -> Json:
        known = property_of(dict(results), as_text(name))
        if known is None:
            raise AdfError(f"No activity '{name}' can be seen from here{nearest(name, results)}.")
        found = results[known]
        if found.state in {State.QUEUED, State.IN_PROGRESS}:
            raise AdfError(f"The activity '{known}' has not ended; a dependency on it is missing.")
        return _result(found, run)

    return scope.having(activity=activity)


def referenced(definition: Definition, arguments: Any, function: str, now: Callable[[], datetime]) -> Json:
    """Return the properties of a dataset or linked service with its parameters filled in.

    ``function`` is what its expressions call to see them: ``dataset`` or ``linkedService``.
    """
    values = {name: each.get("defaultValue") for name, each in definition.parameters.items()}
    given = arguments or {}
    for name in given:
        if name not in values:
            raise AdfError(f"{definition.kind} '{definition.name}' has no parameter '{name}'{nearest(name, values)}.")
    for name, each in definition.parameters.items():
        if name not in given and "defaultValue" not in each:
            raise AdfError(f"{definition.kind} '{definition.name}' needs the parameter '{name}'.")
    seen = values | given
    scope = Scope().having(**clock_functions(now), **{function: lambda: seen})
    return evaluate(definition.properties, scope)


def _named(kind: str, name: Any, values: Json) -> Any:
    known = property_of(values, as_text(name))
    if known is None:
        raise AdfError(f"There is no {kind} '{name}'{nearest(name, values)}.")
    return values[known]


def _result(found: ActivityRun, run: PipelineRun) -> Json:
    result: Json = {
        "ActivityName": found.name,
        "ActivityType": found.type,
        "ActivityRunId": found.id,
        "PipelineName": run.pipeline,
        "PipelineRunId": run.id,
        "Status": found.state.value,
        "RetryAttempt": max(found.attempt - 1, 0),
        "ActivityRunStart": _shown(found.started),
        "ActivityRunEnd": _shown(found.ended),
    }
    if found.state is not State.SKIPPED:
        result["output"] = found.output if found.output is not None else {}
        result["Duration"] = found.seconds
    if found.problem:
        result["error"] = {
            "errorCode": found.problem.code,
            "message": found.problem.message,
            "failureType": "UserError",
            "target": found.name,
        }
    return result


def _shown(moment: datetime | None) -> str | None:
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}0Z" if moment else None
