"""``make bench``: Strata beside hand-written programs that apply the same rules to the same file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from devkit.bench.contenders import CONTENDERS
from devkit.bench.entry import Entry, judge
from devkit.bench.layers import QUARANTINE, SILVER
from devkit.bench.measure import MeasurementError, measure
from devkit.bench.sample_files import answers_of, write_sample

if TYPE_CHECKING:
    from rich.status import Status

_WARM_UP_RECORDS = 300
_ROUNDS = 5
_BARS = {"pandas": 1.0, "polars": 2.0}
_BAR_RECORDS = 10_000


def bench(
    records: Annotated[list[int] | None, typer.Option(min=1, help="Sizes to measure; may be repeated.")] = None,
    rounds: Annotated[
        int | None, typer.Option(min=1, help="How often each is measured; the median is shown. Usually 5, on Spark 1.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Which generated file.")] = 1,
    files: Annotated[bool, typer.Option("--files", help="Measure pages and workbooks instead.")] = False,
    system: Annotated[bool, typer.Option("--system", help="Measure whole jobs in the local system instead.")] = False,
    spark: Annotated[bool, typer.Option("--spark", help="Measure the large path on Spark instead.")] = False,
) -> None:
    """Measure the engine alone: the bytes of a JSON file to Parquet files of silver, quarantine and gold."""
    console = Console()
    if spark:
        from devkit.bench.spark import bench_spark  # noqa: PLC0415 - it needs Spark

        bench_spark(console, records or [_BAR_RECORDS, 100_000], rounds or 1, seed)
        return
    rounds = rounds or _ROUNDS
    if system:
        from devkit.bench.system import bench_system  # noqa: PLC0415 - it needs the whole local system

        bench_system(console, records or [_BAR_RECORDS], rounds, seed)
        return
    if files:
        from devkit.bench.files import bench_files  # noqa: PLC0415 - it needs more libraries

        bench_files(console, rounds)
        return
    table = _empty_table(rounds)
    sizes = records or [_BAR_RECORDS, 100_000]
    measured = {}
    with tempfile.TemporaryDirectory() as scratch, console.status("Making samples …") as status:
        warm_up = write_sample(Path(scratch), _WARM_UP_RECORDS, seed)
        for size in sizes:
            status.update(f"Making a sample of {size:,} records …")
            measured[size] = _measure_all(write_sample(Path(scratch), size, seed), warm_up, rounds, status)
            _fill(table, size, measured[size])
    console.print(table)
    for size, entries in measured.items():
        _print_summary(console, size, entries)
    if _BAR_RECORDS in measured:
        _print_bars(console, measured[_BAR_RECORDS])


def _measure_all(source: Path, warm_up: Path, rounds: int, status: Status) -> dict[str, Entry]:
    """Measure every contender in turns, so that a busy moment of the machine does not fall on one alone."""
    entries = {name: Entry() for name in CONTENDERS}
    for number in range(1, rounds + 1):
        for name, entry in entries.items():
            if entry.problem:
                continue
            status.update(f"{source.name}, round {number} of {rounds}: {CONTENDERS[name].title} …")
            out = source.with_suffix(f".{name}")
            try:
                entry.measurements.append(measure(name, source, warm_up, out))
            except MeasurementError as error:
                entry.problem = f"failed: {error}"
            else:
                judge(entry, list(entries.values()), out, answers_of(source))
            rmtree(out, ignore_errors=True)
    return entries


def _empty_table(rounds: int) -> Table:
    table = Table(title=f"Engine alone: JSON to Parquet of silver, quarantine and gold; median of {rounds}")
    table.add_column("records", justify="right", no_wrap=True)
    table.add_column("program", no_wrap=True)
    for figure in ("seconds", "× pandas", "× Polars", "peak MB"):
        table.add_column(figure, justify="right", no_wrap=True)
    table.add_column("same", no_wrap=True)
    return table


def _fill(table: Table, size: int, entries: dict[str, Entry]) -> None:
    for place, (name, entry) in enumerate(entries.items()):
        cells = ["" if place else f"{size:,}", CONTENDERS[name].title]
        if entry.seconds is None or entry.peak is None:
            table.add_row(*cells, "–", "–", "–", "–", "[red]no[/]")
            continue
        ratios = (_ratio(entry, entries[peer]) for peer in _BARS)
        cells += [f"{entry.seconds:.2f}", *("–" if ratio is None else f"{ratio:.2f}" for ratio in ratios)]
        table.add_row(*cells, f"{entry.peak / 1e6:,.0f}", "yes")
    table.add_section()


def _ratio(entry: Entry, peer: Entry) -> float | None:
    return entry.seconds / peer.seconds if entry.seconds and peer.seconds else None


def _print_summary(console: Console, size: int, entries: dict[str, Entry]) -> None:
    results = next((entry.results for entry in entries.values() if entry.results and not entry.problem), None)
    if results:
        console.print(
            f"{size:,} records: {results.rows(SILVER):,} rows in silver, {results.rows(QUARANTINE):,} verdicts, "
            f"revenue {results.revenue:,}, facts {results.fact_sha256[:12]}…"
        )
    for name, entry in entries.items():
        if entry.problem:
            console.print(f"{CONTENDERS[name].title} {entry.problem}", style="red", markup=False)


def _print_bars(console: Console, entries: dict[str, Entry]) -> None:
    """Say whether the engine that is set by default is as fast as it has to be."""
    from shared.settings import Settings  # noqa: PLC0415

    engine = Settings.model_fields["engine"].default
    for peer, bar in _BARS.items():
        ratio = _ratio(entries[f"strata-{engine}"], entries[peer])
        if ratio is not None:
            verdict = "[green]met[/]" if ratio <= bar else "[red]missed[/]"
            subject = f"Bar, {_BAR_RECORDS:,} records, engine {engine}"
            console.print(f"{subject}: {ratio:.2f} × {CONTENDERS[peer].title}, at most {bar:g}: {verdict}")


if __name__ == "__main__":
    typer.run(bench)
