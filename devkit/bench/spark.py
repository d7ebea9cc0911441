"""Measures the large path on Spark beside a program written by hand, and both beside the small path."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Table

from devkit.bench.entry import Entry, judge
from devkit.bench.large_sample import cut, write_large_sample
from devkit.bench.measure import MeasurementError, measure
from devkit.bench.sample_files import answers_of
from devkit.bench.spark_measure import SparkMeasurement, measure_on_spark
from shared.domain.pace import MEASURED
from shared.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console
    from rich.status import Status

#: The bar: how many rows the large path does in the time in which the program by hand does one.
LEAST_RATIO = 0.8

STRATA, BY_HAND, SMALL = "strata", "by-hand", "small"
_TITLES = {STRATA: "Strata on Spark", BY_HAND: "PySpark by hand", SMALL: "small path"}
_MEMORY = "most MB of memory: driver, Java, the workers' Python, all at one time"
_WARM_UP_RECORDS = 300
#: The small path holds a whole file in memory, about twelve times over.
_MOST_SMALL_RECORDS = 200_000


@dataclass
class Size:
    """What was measured of files of one size."""

    records: int
    cut_seconds: float
    entries: dict[str, Entry] = field(default_factory=dict)

    def ratio(self) -> float | None:
        """Return how many rows the large path does in the time in which the program by hand does one."""
        ours, theirs = self.entries[STRATA].seconds, self.entries[BY_HAND].seconds
        return theirs / ours if ours and theirs else None


def bench_spark(console: Console, sizes: Sequence[int], rounds: int, seed: int) -> None:
    """Measure files of each size, and print the figures, the growth over the sizes and whether the bar is met."""
    measured = []
    with tempfile.TemporaryDirectory() as scratch, console.status("Making samples …") as status:
        folder = Path(scratch)
        warm_up = write_large_sample(folder, _WARM_UP_RECORDS, seed)
        cut(warm_up, _job_of(warm_up))
        for records in sorted(sizes):
            status.update(f"Making a sample of {records:,} records …")
            sample = write_large_sample(folder, records, seed)
            size = Size(records, cut(sample, _job_of(sample)))
            _measure(size, sample, warm_up, rounds, status)
            measured.append(size)
            rmtree(_job_of(sample))
            sample.unlink()
    console.print(figures(measured, rounds))
    for line in (*summary(measured), told()):
        console.print(line, highlight=False)


def _job_of(sample: Path) -> Path:
    return sample.with_suffix(".job")


def _measure(size: Size, sample: Path, warm_up: Path, rounds: int, status: Status) -> None:
    """Measure every program in turns, so that a busy moment of the machine does not fall on one alone."""
    names = [STRATA, BY_HAND, *([SMALL] if size.records <= _MOST_SMALL_RECORDS else [])]
    size.entries = {name: Entry() for name in names}
    for number in range(1, rounds + 1):
        for name, entry in size.entries.items():
            if entry.problem:
                continue
            status.update(f"{size.records:,} records, round {number} of {rounds}: {_TITLES[name]} …")
            out = sample.with_suffix(f".{name}")
            try:
                if name == SMALL:
                    entry.measurements.append(measure(_small(), sample, warm_up, out))
                else:
                    entry.measurements.append(measure_on_spark(name, _job_of(sample), _job_of(warm_up), out))
            except MeasurementError as error:
                entry.problem = f"failed: {error}"
            else:
                judge(entry, list(size.entries.values()), out, answers_of(sample))
            rmtree(out, ignore_errors=True)


def _small() -> str:
    """Return the contender that is the small path on the engine that is set by default."""
    return f"strata-{Settings.model_fields['engine'].default}"


def figures(sizes: Sequence[Size], rounds: int) -> Table:
    """Return what was measured as a table."""
    title = f"Large path: shards to Parquet of silver, quarantine and gold; median of {rounds}"
    table = Table(title=title, box=SIMPLE_HEAD, padding=(0, 1, 0, 0), caption=_MEMORY)
    table.add_column("records", justify="right", no_wrap=True)
    table.add_column("program", no_wrap=True)
    for figure in ("s", "per s", "driver", "Java", "Python", "all"):
        table.add_column(figure, justify="right", no_wrap=True)
    table.add_column("same", no_wrap=True)
    for size in sizes:
        pace = _pace(size.records, size.cut_seconds)
        table.add_row(f"{size.records:,}", "cut into shards", *pace, *["–"] * 4, "")
        for name, entry in size.entries.items():
            if entry.seconds is None or entry.peak is None:
                table.add_row("", _TITLES[name], *["–"] * 6, "[red]no[/]")
                continue
            table.add_row("", _TITLES[name], *_pace(size.records, entry.seconds), *_memory(entry), "yes")
        table.add_section()
    return table


def _pace(records: int, seconds: float) -> tuple[str, str]:
    return f"{seconds:.1f}", f"{records / seconds:,.0f}"


def _memory(entry: Entry) -> list[str]:
    """Return the peaks of the parts that a program has on Spark, and of all of it."""
    on_spark = [each for each in entry.measurements if isinstance(each, SparkMeasurement)]
    parts = [
        max((part(each) for each in on_spark), default=None)
        for part in (attrgetter("driver_bytes"), attrgetter("java_bytes"), attrgetter("worker_bytes"))
    ]
    return ["–" if size is None else f"{size / 1e6:,.0f}" for size in (*parts, entry.peak)]


def summary(sizes: Sequence[Size]) -> list[str]:
    """Say in sentences whether the bar is met, how time grows, and from where on the large path is the better one."""
    lines = []
    for size in sizes:
        lines += [f"{_TITLES[name]} {entry.problem}" for name, entry in size.entries.items() if entry.problem]
        if ratio := size.ratio():
            verdict = "[green]met[/]" if ratio >= LEAST_RATIO else "[red]missed[/]"
            lines.append(f"Bar, {size.records:,} records: {ratio:.2f} × by hand, at least {LEAST_RATIO:g}: {verdict}")
    points = [(size.records, seconds) for size in sizes if (seconds := size.entries[STRATA].seconds)]
    small = [(size.records, entry) for size in sizes if (entry := size.entries.get(SMALL)) and entry.seconds]
    if len(points) > 1:
        lines.append(growth(points[0], points[-1]))
    if len(points) > 1 and small:
        records, entry = small[-1]
        lines.append(crossover(points[0], points[-1], (records, entry.seconds or 0.0)))
    return lines


def growth(least: tuple[int, float], most: tuple[int, float]) -> str:
    """Say how the time of the large path grows from one size to another, each as records and seconds."""
    start, each = _line(least, most)
    return (
        f"Large path: about {start:.1f} s whatever the size, and {each * 1e6:,.0f} µs a record more; "
        f"{most[1] / most[0] / (least[1] / least[0]):.2f} × the time per record of {least[0]:,} at {most[0]:,}"
    )


def crossover(least: tuple[int, float], most: tuple[int, float], small: tuple[int, float]) -> str:
    """Say from how many records on the large path ends sooner than the small one."""
    start, each = _line(least, most)
    each_on_small = small[1] / small[0]
    if each >= each_on_small:
        return (
            f"Crossover: none on this machine, where a record takes {each / each_on_small:.1f} × the small path's "
            "time; large jobs go to Spark for their memory, and more machines make it faster"
        )
    return f"Crossover: from about {max(0.0, start / (each_on_small - each)):,.0f} records on Spark ends sooner"


def told() -> str:
    """Say what the router tells of both paths, which is to be brought up to what is measured."""
    of_paths = (
        f"{pace.start:g} s and {pace.each * 1e6:,.0f} µs a record for {path.value}" for path, pace in MEASURED.items()
    )
    return f"The router reckons with {', '.join(of_paths)} (shared/domain/pace.py)"


def _line(least: tuple[int, float], most: tuple[int, float]) -> tuple[float, float]:
    """Return what a line through two sizes takes for none, and for each record more."""
    each = (most[1] - least[1]) / (most[0] - least[0])
    return max(0.0, least[1] - each * least[0]), each
