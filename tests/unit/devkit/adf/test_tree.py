"""A run as people see it."""

from __future__ import annotations

import httpx
from rich.console import Console

from devkit.adf.tree import run_tree
from tests.factories import BASE_URL, START, Execute, activity, fail, wait


def shown(execute: Execute, *activities: object, body: str = "{}") -> list[str]:
    run = execute(activities, answer=lambda _: httpx.Response(200, text=body))
    console = Console(width=200, color_system=None)
    with console.capture() as captured:
        console.print(run_tree(run, START))
    return captured.get().splitlines()


def call(**policy: object) -> dict[str, object]:
    return activity("Call", "WebActivity", {"url": BASE_URL, "method": "GET"}, policy=policy)


def test_each_activity_is_a_line_with_its_state_duration_and_output(execute: Execute) -> None:
    lines = shown(execute, call(), wait("Pause", 90, "Call"), fail("Stop", "Pause"), body='{"jobs": 2}')

    assert lines[0].startswith("✗ Main  Failed  90.0 s")
    assert lines[1:] == [
        '├── ✓ Call  WebActivity  0.0 s  {"jobs": 2}',
        "├── ✓ Pause  Wait  90.0 s",
        "└── ✗ Stop  Fail  0.0 s  on purpose",
    ]


def test_what_was_skipped_is_said(execute: Execute) -> None:
    assert shown(execute, fail("Stop"), wait("Pause", 1, "Stop"))[2] == "└── – Pause  Wait  Skipped"


def test_secrets_are_hidden_and_nothing_steers_the_terminal(execute: Execute) -> None:
    assert shown(execute, call(secureOutput=True), body='{"key": "s"}')[1].endswith("(secure)")
    assert "\x9b" not in shown(execute, call(), body='{"text": "\x9b2J"}')[1]
