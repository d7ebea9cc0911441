"""When an activity runs, and what a pipeline comes to: Data Factory's rules about leaves."""

from typing import Any

import pytest

from tests.factories import Execute, Json, fail, states, wait

OK, BAD = "Succeeded", "Failed"
CASES: list[tuple[str, list[Json], str, Json]] = [
    ("nothing to do", [], OK, {}),
    ("one after the other", [wait("A", 1), wait("B", 1, "A")], OK, {"A": OK, "B": OK}),
    ("a failure skips what follows", [fail("A"), wait("B", 1, "A")], BAD, {"A": BAD, "B": "Skipped"}),
    ("a handled failure is a success", [fail("A"), wait("B", 1, ("A", BAD))], OK, {"A": BAD, "B": OK}),
    (
        "a handler that is not needed leaves the decision to what it watches",
        [wait("A", 1), wait("B", 1, ("A", BAD))],
        OK,
        {"A": OK, "B": "Skipped"},
    ),
    (
        "with both ways out, a failure fails: the skipped way leaves the decision to what failed",
        [fail("A"), wait("B", 1, "A"), wait("C", 1, ("A", BAD))],
        BAD,
        {"A": BAD, "B": "Skipped", "C": OK},
    ),
    ("completed runs after a failure", [fail("A"), wait("B", 1, ("A", "Completed"))], OK, {"A": BAD, "B": OK}),
    (
        "completed does not run after what was skipped",
        [fail("A"), wait("B", 1, "A"), wait("C", 1, ("B", "Completed"))],
        BAD,
        {"A": BAD, "B": "Skipped", "C": "Skipped"},
    ),
    (
        "skipped runs after what was skipped",
        [fail("A"), wait("B", 1, "A"), wait("C", 1, ("B", "Skipped"))],
        OK,
        {"A": BAD, "B": "Skipped", "C": OK},
    ),
    (
        "all dependencies must hold",
        [wait("A", 1), fail("B"), wait("C", 1, "A", "B")],
        BAD,
        {"A": OK, "B": BAD, "C": "Skipped"},
    ),
    (
        "all dependencies, each in its own way",
        [wait("A", 1), fail("B"), wait("C", 1, "A", ("B", BAD))],
        OK,
        {"A": OK, "B": BAD, "C": OK},
    ),
    ("a leaf of its own that fails", [wait("A", 1), fail("B")], BAD, {"A": OK, "B": BAD}),
]


@pytest.mark.parametrize(("activities", "outcome", "expected"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_a_pipeline_comes_to(execute: Execute, activities: list[Json], outcome: str, expected: Json) -> None:
    run = execute(activities)

    assert run.state == outcome
    assert states(run) == expected


def test_one_dependency_may_be_met_in_several_ways(execute: Execute) -> None:
    either: Any = wait("C", 1, "B")
    either["dependsOn"][0]["dependencyConditions"] = ["Failed", "Skipped"]

    run = execute([fail("A"), wait("B", 1, "A"), either])

    assert states(run) == {"A": BAD, "B": "Skipped", "C": OK}


def test_what_does_not_depend_on_each_other_runs_at_the_same_time(execute: Execute) -> None:
    run = execute([wait("A", 60), wait("B", 60), wait("C", 30, "A", "B")])

    assert run.seconds == 90


def test_a_failure_tells_which_activity_and_why(execute: Execute) -> None:
    run = execute([fail("A", message="no bread")])

    assert run.problem is not None
    assert run.problem.message == "Operation on target A failed: no bread"


def test_an_inactive_activity_counts_as_the_definition_says(execute: Execute) -> None:
    run = execute([wait("A", 60, state="Inactive", onInactiveMarkAs="Failed"), wait("B", 1, ("A", BAD))])

    assert states(run) == {"A": BAD, "B": OK}
    assert run.seconds == 1
