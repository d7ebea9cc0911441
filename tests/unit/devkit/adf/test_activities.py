"""Activities that steer others and handle values."""

from typing import Any

import pytest

from devkit.adf.errors import AdfError
from devkit.adf.runs import State
from tests.factories import Execute, Folder, activity, assign, fail, states, variables, wait


def expression(text: str) -> dict[str, str]:
    return {"type": "Expression", "value": text}


def append(variable: str, value: Any, *after: str) -> dict[str, Any]:
    return activity(f"Append to {variable}", "AppendVariable", {"variableName": variable, "value": value}, *after)


@pytest.mark.parametrize(("condition", "chosen"), [("@equals(1, 1)", "Yes"), ("@equals(1, 2)", "No")])
def test_if_runs_one_branch(execute: Execute, condition: str, chosen: str) -> None:
    branches = {"ifTrueActivities": [wait("Yes", 1)], "ifFalseActivities": [wait("No", 1)]}

    run = execute([activity("If", "IfCondition", {"expression": expression(condition), **branches})])

    assert run.state == State.SUCCEEDED
    assert [each.name for each in run.activities[0].children] == [chosen]


def test_a_branch_that_fails_fails_the_activity_around_it(execute: Execute) -> None:
    run = execute(
        [activity("If", "IfCondition", {"expression": expression("@bool(1)"), "ifTrueActivities": [fail("X")]})]
    )

    assert states(run) == {"If": "Failed"}
    assert run.problem is not None
    assert run.problem.message == "Operation on target If failed: Activity X failed: on purpose"


@pytest.mark.parametrize(("value", "ran"), [("csv", ["Csv"]), ("pdf", ["Other"])])
def test_switch_runs_the_case_of_the_value(execute: Execute, value: str, ran: list[str]) -> None:
    cases = [{"value": "csv", "activities": [wait("Csv", 1)]}, {"value": "xlsx", "activities": [wait("Xlsx", 1)]}]
    switch = {"on": expression("@pipeline().parameters.kind"), "cases": cases, "defaultActivities": [wait("Other", 1)]}

    run = execute([activity("Switch", "Switch", switch)], {"kind": value}, parameters={"kind": {"type": "string"}})

    assert [each.name for each in run.activities[0].children] == ran


def for_each(items: str, *inner: Any, **more: Any) -> dict[str, Any]:
    return activity("Each", "ForEach", {"items": expression(items), "activities": list(inner), **more})


def test_for_each_runs_in_turn(execute: Execute) -> None:
    run = execute(
        [
            for_each(
                "@createArray(1, 2, 3)", wait("Work", "@item()"), append("seen", "@item()", "Work"), isSequential=True
            )
        ],
        variables=variables(seen="Array"),
    )

    assert run.variables == {"seen": [1, 2, 3]}
    assert [(each.iteration, each.output) for each in run.of("Work")] == [(0, {}), (1, {}), (2, {})]
    assert run.seconds == 6


@pytest.mark.parametrize(("batch", "seconds"), [(2, 30), (4, 20), (50, 10)])
def test_for_each_runs_as_many_at_a_time_as_the_batch_count_says(execute: Execute, batch: int, seconds: int) -> None:
    run = execute([for_each("@range(0, 6)", wait("Work", 10), batchCount=batch)])

    assert run.seconds == seconds


def test_a_failed_iteration_stops_no_other_and_fails_the_loop(execute: Execute) -> None:
    risky = activity("Odd", "Fail", {"message": "odd @{item()}", "errorCode": "1"})
    check = activity(
        "Check", "IfCondition", {"expression": expression("@equals(mod(item(), 2), 1)"), "ifTrueActivities": [risky]}
    )

    run = execute(
        [for_each("@range(1, 4)", check, append("seen", "@item()", "Check"))], variables=variables(seen="Array")
    )

    assert run.variables == {"seen": [2, 4]}
    problem = run.activities[0].problem
    assert problem is not None
    assert problem.message == "Activity Check failed: Activity Odd failed: odd 1 1 further activities failed as well."


def test_iterations_see_their_own_activities_and_those_before_the_loop(execute: Execute) -> None:
    inner = assign("Inner", "own", "@string(item())")
    seen = append("seen", "@concat(activity('Inner').output.value, activity('Before').output.value)", "Inner")
    loop = for_each("@createArray('a', 'b')", inner, seen, isSequential=True)
    loop["dependsOn"] = [{"activity": "Before", "dependencyConditions": ["Succeeded"]}]

    run = execute([assign("Before", "own", "!"), loop], variables=variables(own="String", seen="Array"))

    assert run.variables["seen"] == ["a!", "b!"]


def test_until_goes_on_until_its_expression_is_true(execute: Execute) -> None:
    inner = [wait("Pause", 30), append("rounds", 1, "Pause")]
    until = {"expression": expression("@equals(length(variables('rounds')), 3)"), "activities": inner}

    run = execute([activity("Until", "Until", until)], variables=variables(rounds="Array"))

    assert run.activities[0].output == {"iterations": 3}
    assert run.seconds == 90


def test_until_may_ask_what_its_activities_came_to(execute: Execute) -> None:
    inner = [append("rounds", 1)]
    asked = "@equals(activity('Append to rounds').output.value, 1)"

    run = execute(
        [activity("Until", "Until", {"expression": expression(asked), "activities": inner})],
        variables=variables(rounds="Array"),
    )

    assert run.state == State.SUCCEEDED


def test_until_ends_when_its_time_is_up(execute: Execute) -> None:
    until = {"expression": expression("@bool(0)"), "activities": [wait("Pause", 50)], "timeout": "00:02:00"}

    run = execute([activity("Until", "Until", until)])

    assert states(run) == {"Until": "Failed"}
    assert run.seconds == 120


def test_filter_keeps_what_the_condition_holds_for(execute: Execute) -> None:
    properties = {"items": expression("@range(1, 5)"), "condition": expression("@greater(item(), 3)")}

    run = execute([activity("Filter", "Filter", properties)])

    assert run.activities[0].output == {"ItemsCount": 5, "FilteredItemsCount": 2, "Value": [4, 5]}


def test_a_variable_takes_values_of_its_type_only(execute: Execute) -> None:
    run = execute([assign("Set", "name", "@createArray(1)")], variables=variables(name="String"))

    problem = run.activities[0].problem
    assert problem is not None
    assert problem.message == "The variable 'name' is of type String, not an array."


def test_a_called_pipeline_gets_parameters_and_returns_values(execute: Execute, folder: Folder) -> None:
    returned = [{"key": "doubled", "value": {"type": "Expression", "content": "@mul(pipeline().parameters.n, 2)"}}]
    give_back = {"variableName": "pipelineReturnValue", "setSystemVariable": True, "value": returned}
    folder.add(
        "pipeline",
        "Child",
        activities=[activity("Return", "SetVariable", give_back)],
        parameters={"n": {"type": "int"}},
    )
    call = {
        "pipeline": {"referenceName": "Child"},
        "waitOnCompletion": True,
        "parameters": {"n": expression("@add(20, 1)")},
    }

    run = execute(
        [
            activity("Call", "ExecutePipeline", call),
            assign("Keep", "n", "@activity('Call').output.pipelineReturnValue.doubled", "Call"),
        ],
        variables=variables(n="Integer"),
    )

    assert run.variables == {"n": 42}


def test_a_called_pipeline_knows_who_called_it(execute: Execute, folder: Folder) -> None:
    asked = "@concat(pipeline().TriggeredByPipelineName, ' ', pipeline().Pipeline, ' ', pipeline().TriggerName)"
    folder.add("pipeline", "Child", activities=[fail("Say", message=asked)])
    call = {"pipeline": {"referenceName": "Child"}, "waitOnCompletion": True}

    run = execute([activity("Call", "ExecutePipeline", call)])

    assert run.activities[0].problem is not None
    assert run.activities[0].problem.message == "Operation on target Say failed: Main Child Manual"


def test_a_pipeline_that_is_not_waited_for_goes_on_alone(execute: Execute, folder: Folder) -> None:
    folder.add("pipeline", "Child", activities=[fail("X")])

    run = execute(
        [activity("Call", "ExecutePipeline", {"pipeline": {"referenceName": "Child"}, "waitOnCompletion": False})]
    )

    assert run.state == State.SUCCEEDED
    assert run.activities[0].output["pipelineRunId"] == run.activities[0].child_run.id  # type: ignore[union-attr]


def test_expressions_see_times_parameters_and_failures(execute: Execute) -> None:
    seen = "@concat(utcNow('HH:mm'), ' ', pipeline().globalParameters.env, ' ', activity('A').error.message)"

    run = execute(
        [fail("A"), assign("Set", "seen", seen, ("A", "Failed"))],
        global_parameters={"env": "local"},
        variables=variables(seen="String"),
    )

    assert run.variables == {"seen": "08:00 local on purpose"}


def test_what_was_skipped_has_no_output(execute: Execute) -> None:
    asked = "@coalesce(activity('B')?.output?.x, activity('B').Status)"

    run = execute(
        [fail("A"), wait("B", 1, "A"), assign("Set", "seen", asked, ("B", "Skipped"))],
        variables=variables(seen="String"),
    )

    assert run.variables == {"seen": "Skipped"}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "The pipeline 'Main' needs the parameter 'jobs' (int)."),
        ({"jobs": "many"}, "The parameter 'jobs' of the pipeline 'Main' is of type int, and a text does not fit."),
        ({"jobs": 1, "job": 1}, "The pipeline 'Main' has no parameter 'job' (did you mean 'jobs'?)."),
    ],
)
def test_parameters_are_checked_before_anything_runs(execute: Execute, given: Any, reason: str) -> None:
    with pytest.raises(AdfError) as caught:
        execute([wait("A", 1)], given, parameters={"jobs": {"type": "int"}})

    assert str(caught.value) == reason
