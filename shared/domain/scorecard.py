"""The scorecard: how good the rows of a job are, by table and rule, and whether that is good enough to publish."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal  # noqa: TC003 - the annotations are read when a scorecard is decoded
from enum import StrEnum
from typing import TYPE_CHECKING

from shared.domain.verdicts import Severity  # noqa: TC001 - likewise

if TYPE_CHECKING:
    from collections.abc import Iterable


class Status(StrEnum):
    """How a figure is judged, best first."""

    PASS = "pass"  # noqa: S105 - no password
    WARN = "warn"
    FAIL = "fail"


def worst(statuses: Iterable[Status]) -> Status:
    """Return the worst of some statuses, ``pass`` of none."""
    return max(statuses, key=list(Status).index, default=Status.PASS)


@dataclass(frozen=True, slots=True)
class BrokenRules:
    """How many of a table's rows break each rule, and each of the contract's metrics; a row may break several.

    A rule is named ``column:rule``. ``messages`` holds what is said of it, also where no row breaks it, but not what
    the dataset's own reader may say.
    """

    rows: dict[str, int]
    metrics: dict[str, int]
    messages: dict[str, str]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A share of rows in percent, None where there are no rows, and how it is judged.

    Below ``threshold`` it is not passed, and below ``block_below`` nothing is published (percent, None: never).
    """

    value: float | None
    threshold: float | None
    block_below: float | None
    severity: Severity
    status: Status
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class RuleScore:
    """A rule on a column: how many of the rows read break it, and the judgement on the share of the others.

    ``name`` is the rule's own in the contract, or ``table.column.rule``.
    """

    name: str
    rule: str
    column: str
    label: str
    title: str
    message: str
    how_to_fix: str
    broken: int
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class TableScore:
    """A table: its rows read and accepted, the judgement on the share accepted, and its rules, most broken first."""

    table: str
    label: str
    read: int
    accepted: int
    judgement: Judgement
    rules: tuple[RuleScore, ...]


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure that the contract asks for, in percent."""

    name: str
    value: float | None
    threshold: float | None
    severity: Severity
    status: Status


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A figure that a file states of itself, None where it does not, and what its rows come to."""

    name: str
    stated: Decimal | None
    found: Decimal
    file: str | None = None

    @property
    def agrees(self) -> bool | None:
        """Whether the two are the same, None where nothing is stated."""
        return None if self.stated is None else self.stated == self.found


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All of it; ``blocked_by`` names the figures for which nothing is published."""

    status: Status
    blocked_by: tuple[str, ...]
    tables: tuple[TableScore, ...]
    metrics: tuple[Metric, ...]
    reconciliation: tuple[Reconciled, ...] = ()
