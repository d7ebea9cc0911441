"""Follows a run on a console: as a live tree on a terminal, by a line for each activity that ends elsewhere."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from rich.live import Live

from devkit.adf.tree import activity_line, run_tree

if TYPE_CHECKING:
    from rich.console import Console

    from devkit.adf.runner import Runner
    from devkit.adf.runs import PipelineRun

_PAUSE_SECONDS = 0.1


async def watch(runner: Runner, run: PipelineRun, console: Console, *, live: bool) -> None:
    """Show a run until it is over; whoever is cancelled meanwhile cancels the run."""
    waiting = asyncio.create_task(runner.wait(run))
    try:
        if live and console.is_terminal:
            await _show_tree(runner, run, console, waiting)
        else:
            await _show_lines(runner, run, console, waiting)
    finally:
        waiting.cancel()
        await runner.cancel(run)


async def _show_tree(runner: Runner, run: PipelineRun, console: Console, waiting: asyncio.Task[PipelineRun]) -> None:
    with Live(run_tree(run, runner.now()), console=console, auto_refresh=False) as display:
        while not waiting.done():
            await asyncio.wait([waiting], timeout=_PAUSE_SECONDS)
            display.update(run_tree(run, runner.now()), refresh=True)


async def _show_lines(runner: Runner, run: PipelineRun, console: Console, waiting: asyncio.Task[PipelineRun]) -> None:
    told: set[str] = set()
    while True:
        is_over = waiting.done()
        for each in run.walk():
            if each.ended and each.id not in told:
                told.add(each.id)
                console.print(activity_line(each, runner.now()), soft_wrap=True)
        if is_over:
            return
        await asyncio.wait([waiting], timeout=_PAUSE_SECONDS)
