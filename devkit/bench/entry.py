"""What is known of one contender on one file, and whether its time counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from devkit.bench.results import Results, read_results, wrong_verdicts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from devkit.bench.measure import Measurement


@dataclass
class Entry:
    """The measurements of a contender; ``problem`` says why its time does not count."""

    measurements: list[Measurement] = field(default_factory=list)
    results: Results | None = None
    problem: str | None = None

    @property
    def seconds(self) -> float | None:
        """The median time, if it counts."""
        return median(each.seconds for each in self.measurements) if self.measurements and not self.problem else None

    @property
    def peak(self) -> float | None:
        """The median peak of memory in bytes, if it counts."""
        return median(each.peak_bytes for each in self.measurements) if self.measurements and not self.problem else None


def judge(entry: Entry, others: Sequence[Entry], out: Path, answers: Path) -> None:
    """Hold what was written against the answer key, and against the first of the others that agrees with it."""
    entry.results = read_results(out)
    if wrong := wrong_verdicts(out, answers):
        entry.problem = f"judged otherwise than the answer key: {', '.join(wrong)}"
        return
    agreeing = next((other.results for other in others if other.results and not other.problem), entry.results)
    if differences := agreeing.differences(entry.results):
        entry.problem = f"came to another result than the programs above it: {', '.join(differences)}"
