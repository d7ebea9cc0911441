"""What comparisons have found equal, kept to be shown when the tests have ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyarrow as pa

    from shared.domain.ledger import Ledger

_TITLES = ("dataset", "compared", "cases", "silver", "quarantine", "gold", "ledger")


@dataclass(frozen=True)
class Equal:
    """How many rows were found equal, each in all of its columns, and of how many tables the ledger."""

    silver: int
    quarantine: int
    gold: int
    ledger: int

    @classmethod
    def of(
        cls, ledger: Ledger, silver: dict[str, pa.Table], quarantine: dict[str, pa.Table], gold: dict[str, pa.Table]
    ) -> Equal:
        """Count what was compared."""
        rows = (sum(table.num_rows for table in tables.values()) for tables in (silver, quarantine, gold))
        return cls(*rows, ledger=len(ledger))


@dataclass
class Proofs:
    """The comparisons that have come to their end without finding a difference; nothing else is entered."""

    _found: list[tuple[str, str, int, Equal]] = field(default_factory=list)

    def add(self, dataset: str, compared: str, cases: int, equal: Equal) -> None:
        """Enter one: between what, over how many cases, and what was equal."""
        self._found.append((dataset, compared, cases, equal))

    def lines(self) -> Iterator[str]:
        """Yield a table of them, nothing where there are none."""
        if not self._found:
            return
        rows = [
            (dataset, compared, *map(_shown, (cases, each.silver, each.quarantine, each.gold)), f"{each.ledger} tables")
            for dataset, compared, cases, each in sorted(self._found, key=lambda found: found[:2])
        ]
        widths = [max(map(len, column)) for column in zip(_TITLES, *rows, strict=True)]
        for row in (_TITLES, *rows):
            yield _line(row, widths)


def _shown(number: int) -> str:
    return f"{number:,}"


def _line(row: Iterable[str], widths: list[int]) -> str:
    first, second, *others = (
        text.ljust(width) if place < 2 else text.rjust(width)
        for place, (text, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join((first, second, *others)).rstrip()
