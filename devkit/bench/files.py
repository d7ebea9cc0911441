"""Measures pages, workbooks, and those that are handed out, beside the libraries that read and write them."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from rich.table import Table

from devkit.bench.contenders import ON_OTHER_FILES
from devkit.bench.measure import measure
from devkit.bench.workbooks import measure_workbooks
from devkit.samples.appointments import generate as generate_appointments
from devkit.samples.claims import generate as generate_claims

if TYPE_CHECKING:
    from rich.console import Console

#: A report of about 20 MB, and the rows of a workbook.
CLAIMS, ROWS = 18_500, 100_000
_WARM_UP = 300


@dataclass(frozen=True, slots=True)
class Bar:
    """At most so many times what the library alone takes, and so many seconds more."""

    times: float
    seconds: float = 0.0

    def allows(self, ours: float, alone: float) -> bool:
        """Tell whether a time is within the bar."""
        return ours <= self.times * alone + self.seconds

    def __str__(self) -> str:
        """Return the bar in words."""
        return f"{self.times:g}" + (f" + {self.seconds:g} s" if self.seconds else "")


def bench_files(console: Console, rounds: int) -> None:
    """Measure each in turns with its library, and print the medians; a ratio is green where its bar is met."""
    table = Table(title=f"Files, beside what a library takes alone; median of {rounds}")
    for name in ("what", "beside"):
        table.add_column(name, no_wrap=True)
    for name in ("s", "alone", "ratio", "at most", "MB"):
        table.add_column(name, justify="right", no_wrap=True)
    with tempfile.TemporaryDirectory() as scratch, console.status("Making samples …") as status:
        folder = Path(scratch)
        for size in (_WARM_UP, CLAIMS):
            generate_claims(size, fault_rate=0).write_page(folder / f"page-{size}.html")
        for size in (_WARM_UP, ROWS):
            generate_appointments(size).write_files(folder / f"workbook-{size}")
        status.update("Reading a page …")
        _compare(table, folder, "page", "page-{}.html", CLAIMS, rounds, Bar(4))
        status.update("Reading a workbook …")
        _compare(table, folder, "workbook", "workbook-{}", ROWS, rounds, Bar(1.5, 2))
        status.update("Writing workbooks …")
        pairs = measure_workbooks(CLAIMS, rounds)
        _add(table, ("two workbooks", "xlsxwriter"), pairs, None, Bar(1.2))
    console.print(table)


def _compare(table: Table, folder: Path, name: str, path: str, size: int, rounds: int, bar: Bar) -> None:
    source, warm_up = folder / path.format(size), folder / path.format(_WARM_UP)
    pairs, peaks = [], []
    for number in range(rounds):
        ours = measure(name, source, warm_up, folder / f"{name}-{number}")
        alone = measure(f"{name}-alone", source, warm_up, folder / f"{name}-alone-{number}")
        pairs.append((ours.seconds, alone.seconds))
        peaks.append(ours.peak_bytes)
    titles = ON_OTHER_FILES[name].title, ON_OTHER_FILES[f"{name}-alone"].title
    _add(table, titles, pairs, median(peaks), bar)


def _add(table: Table, titles: tuple[str, str], pairs: list[tuple[float, float]], peak: float | None, bar: Bar) -> None:
    ours, alone = (median(times) for times in zip(*pairs, strict=True))
    ratio = median(one / other for one, other in pairs)
    colour = "green" if bar.allows(ratio * alone, alone) else "red"
    shown = f"{peak / 1e6:,.0f}" if peak else "–"
    table.add_row(*titles, f"{ours:.2f}", f"{alone:.2f}", f"[{colour}]{ratio:.2f}[/]", str(bar), shown)
