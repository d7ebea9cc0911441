"""Runs one pipeline of a folder of definitions against the local system, as a command does."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from devkit.adf import parameters
from devkit.adf.errors import AdfError
from devkit.adf.expressions.functions.date_format import parse_moment
from devkit.adf.factory import load_factory, nearest
from devkit.adf.local.place import PIPELINES, place_of
from devkit.adf.local.services import Services
from devkit.adf.runner import Runner
from devkit.adf.watch import watch
from devkit.cli.connection import LOCAL_FILE
from devkit.data_folder import DataFolder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from rich.console import Console

    from devkit.adf.factory import Json
    from devkit.adf.local.place import Place
    from devkit.adf.local.spark import Spark
    from devkit.adf.runs import PipelineRun


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be run: ``given`` and ``global_values`` as texts, and ``moment`` when the clock is to stand still.

    ``run_id`` is the run's own where somebody knows it before, and ``spark`` is where its notebooks run if not here.
    """

    pipeline: str
    given: Mapping[str, str] = field(default_factory=dict)
    global_values: Mapping[str, str] = field(default_factory=dict)
    definitions: Path = PIPELINES
    environment: str = "local"
    moment: str | None = None
    run_id: str | None = None
    spark: Spark | None = None


async def execute(wanted: Wanted, place: Place, console: Console, *, live: bool) -> PipelineRun:
    """Run it to the end and show how it goes; raises :class:`AdfError` when it cannot be started."""
    factory = load_factory(wanted.definitions)
    pipeline = factory.get("pipeline", wanted.pipeline)
    services = Services(place, spark=wanted.spark)
    still = parse_moment(wanted.moment) if wanted.moment else None
    values = _global_values(factory.global_parameters(wanted.environment), wanted.global_values)
    runner = Runner(
        factory,
        services,
        {**values, "appUrl": wanted.global_values.get("appUrl", place.base_url)},
        (lambda: still) if still else (lambda: datetime.now(UTC)),
    )
    try:
        run = runner.start(wanted.pipeline, parameters.typed(pipeline, wanted.given), run_id=wanted.run_id)
        await watch(runner, run, console, live=live)
        return run
    finally:
        await runner.close()
        await services.close()


def find_place(folder: Path) -> Place:
    """Return the system that 'make up' runs in a folder or one above it; raises :class:`AdfError` when none does."""
    for each in (folder.resolve(), *folder.resolve().parents):
        file = each / LOCAL_FILE
        if file.is_file():
            return place_of(DataFolder(file.parent), json.loads(file.read_text(encoding="utf-8")))
    raise AdfError(f"No local system runs: there is no {LOCAL_FILE} in this folder or one above it. Try 'make up'.")


def _global_values(known: Json, given: Mapping[str, str]) -> Json:
    for name in given:
        if name not in known and name != "appUrl":
            raise AdfError(f"There is no global parameter '{name}'{nearest(name, known)}.")
    return known | dict(given)
